import ArgumentParser
@main struct IrqProof: ParsableCommand {}
