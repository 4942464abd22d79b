"""Checks of the tool against what QEMU itself said, independent of the tool's code.

Standard library only. `infopic` reads what the monitor printed, `layout` finds captures and pairs,
`tool` runs the tool, `compare` and `verdict` hold the one against the other, `runner` does it for a folder.
"""
