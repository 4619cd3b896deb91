/// The one line a server of ours prints on standard output when it listens: `{"ready":true,"api":8080,…}`.
package enum ReadyLine {
    /// Prints the line with the ports in the order given.
    package static func print(_ ports: KeyValuePairs<String, Int>) { StandardOutput.writeLine(text(ports)) }

    /// The line itself.
    package static func text(_ ports: KeyValuePairs<String, Int>) -> String {
        var line = JSONLine()
        line.add("ready", true)
        for (name, port) in ports { line.add(name, port) }
        return line.closed
    }
}
