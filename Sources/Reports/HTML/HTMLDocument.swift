/// What every page begins and ends with.
enum HTMLDocument {
    /// Up to and with the start of the body. The policy lets a page load nothing, wherever it is opened.
    static func head(title: String, style: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy"
        content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'">
        <link rel="icon" href="data:,">
        <title>\(HTMLText.escaped(title))</title>
        <style>\(style)</style>
        </head>
        <body>
        """
    }

    /// The end of the body.
    static func foot(toolVersion: String) -> String {
        "<footer><p>irqproof \(HTMLText.escaped(toolVersion))</p></footer>\n</body>\n</html>"
    }
}
