import GRDB

extension StoreError {
    /// Any error of GRDB or of this module, as one of this module with its file.
    init(_ error: any Error, file: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError: self.init(error)
        default: self.init(.database, excerpt("\(error)"))
        }
        self.file = self.file ?? file
    }

    private init(_ error: DatabaseError) {
        let detail = excerpt(error.message ?? error.resultCode.description)
        switch error.resultCode {
        case .SQLITE_NOTADB:
            self.init(.notADatabase, "this is no SQLite database")
        case .SQLITE_CORRUPT, .SQLITE_FORMAT, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT, .SQLITE_ERROR:
            self.init(.damaged, "the file is damaged (\(detail))", advice: "restore it from a copy")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "another process keeps the file locked", advice: "try again when it has finished")
        case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK:
            self.init(
                .readOnly, "an interrupted import must be rolled back and the file or its folder cannot be written",
                advice: "make both writable once")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.readOnly, "the file cannot be written (\(detail))")
        case .SQLITE_FULL:
            self.init(.diskFull, "the disk is full", advice: "nothing was stored")
        case .SQLITE_IOERR:
            self.init(.inputOutput, "the operating system reported \(detail)")
        case .SQLITE_CANTOPEN:
            self.init(.unreadable, "the file cannot be opened, or its journal cannot be written beside it")
        case .SQLITE_TOOBIG:
            self.init(.limit, "a value is larger than \(Distrust.longestValue) bytes")
        default:
            self.init(.database, "SQLite reports: \(detail)")
        }
    }
}
