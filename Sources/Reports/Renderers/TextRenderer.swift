/// A verification for a person at a terminal.
struct TextRenderer: VerificationRenderer {
    let style: TextStyle

    func render(_ migration: VerifiedMigration) -> String {
        VerificationReport.text(migration.verification, sides: migration.sides, style: style)
    }
}

/// A verification for a program.
struct JSONRenderer: VerificationRenderer {
    func render(_ migration: VerifiedMigration) -> String {
        VerificationReport.json(migration.verification, sides: migration.sides)
    }
}
