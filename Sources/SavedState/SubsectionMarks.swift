extension SectionReader {
    /// Checks that every subsection of the layout begins with its mark, name and version.
    ///
    /// The sizes of a description may add up and yet describe something else; the marks are the only
    /// names inside a body.
    func checkMarks() throws(SavedStateError) {
        guard UInt64(bytes.count) == layout.length else {
            throw error(
                .badDescription, "the section has \(bytes.count) bytes, its layout \(layout.length)", field: nil, at: 0)
        }
        try checkMarks(in: layout)
    }

    private func checkMarks(in body: BodyLayout) throws(SavedStateError) {
        for field in body.fields {
            if let element = field.element { try checkMarks(in: element) }
            for element in field.listElements { try checkMarks(in: element) }
        }
        for subsection in body.subsections {
            try checkMark(of: subsection)
            try checkMarks(in: subsection)
        }
    }

    private func checkMark(of subsection: BodyLayout) throws(SavedStateError) {
        let name = Array(subsection.name.utf8)
        // Names with escapes are spelled longer than they are; their marks cannot be predicted.
        guard !name.contains(UInt8(ascii: "\\")) else { return }
        let mark = [Mark.subsection, UInt8(clamping: name.count)] + name
        let length = UInt64(mark.count + 4)
        guard subsection.offset >= length else {
            throw error(.badDescription, "a subsection without room for its mark", field: subsection.name, at: 0)
        }
        let start = subsection.offset - length
        let found = bytes[try range(at: start, count: UInt64(mark.count), field: subsection.name)]
        guard found.elementsEqual(mark) else {
            throw error(
                .badDescription,
                "the subsection “\(subsection.name)” is not where it is described; there is"
                    + " “\(printable(found))”", field: subsection.name, at: start)
        }
    }
}
