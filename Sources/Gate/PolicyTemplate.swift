/// A policy to begin with, with comments that explain every key.
public enum PolicyTemplate {
    /// The text; it reads as a policy.
    public static func text(references: [String], candidate: String) -> String {
        """
        # What irqproof gate holds together.
        version: 1

        # Builds that are released, oldest first: paths relative to this file, or names in PATH.
        # A name of its own is given with {name: stable, path: …}; otherwise cells show the version.
        reference:
        \(references.map { "  - \(quoted($0))" }.joined(separator: "\n"))

        # Instead of reference builds, or beside them: what one did, recorded with
        #     irqproof gate --candidate RELEASED --record baseline.yaml
        # baseline: baseline.yaml

        # The build that is to be released.
        candidate: \(quoted(candidate))

        # Patterns over the machine types that both builds have.
        machine-types: ["pseries-*"]

        # Interrupt controllers: xics, xive, dual (both; the guest chooses XIVE).
        modes: [xics, xive, dual]

        # Bundled topologies, or files with the keys of a scenario's machine (vCPUs and devices, no type and ic-mode).
        topologies: [\(Topology.bundledNames.joined(separator: ", "))]

        # Bundled workloads, bundled scenarios (irqproof replay --list) or scenario files.
        # in-flight shows interrupts that QEMU before 11.1 loses on every migration; waive it if you keep it.
        scenarios: [\(Workload.allCases.map(\.rawValue).joined(separator: ", "))]

        # forward     from each reference build to the candidate
        # backward    from the candidate to each reference build (QEMU promises this for no release)
        # itself      from the candidate to itself
        # chain       through all reference builds in their order, then to the candidate
        # round-trip  from each reference build to the candidate and back
        directions: [forward]

        # Seconds for one cell; cells at the same time (otherwise one for each processor).
        time-limit: 60
        # workers: 4

        # Known findings that somebody answers for. All keys are needed, of subject and fingerprint one is enough;
        # a waiver that is expired, malformed or matches nothing is a finding itself.
        # waivers:
        #   - rule: run/sides-part
        #     subject: "take, *"
        #     cells: "*/in-flight"
        #     reason: presented interrupts are lost by every release, fixed in 11.1
        #     owner: you@example.org
        #     expires: 2027-12-31

        """
    }

    private static func quoted(_ path: String) -> String {
        "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
