/// The page's style: light and dark by the reader's preference, narrow screens, paper.
enum HTMLStyle {
    static let text = #"""

        :root { --bg: #f6f7f9; --card: #fff; --fg: #1b1f24; --dim: #59636e; --line: #dfe3e8; --soft: #f3f5f8;
          --good: #17693a; --good-bg: #e3f4e9; --bad: #b3261e; --bad-bg: #fdeceb; --warn: #8a5300; --warn-bg: #fdf3dc;
          --note: #3d5a80; --note-bg: #e9eff7; --focus: #0b57d0; --mark: #ffedb5; --shadow: 0 1px 2px #0000000f;
          --ipi: #7a5cc0; --epow: #b07d00; --hot-plug: #c2631a; --vio: #16788c; --phb-lsi: #2b68c9; --phb-msi: #358a3b;
          --shared: #768390; --unknown: #768390;
          --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        @media (prefers-color-scheme: dark) { :root { --bg: #0f1216; --card: #171b21; --fg: #e6e9ed; --dim: #9aa5b1;
          --line: #2c333c; --soft: #1e242b; --good: #6fd490; --good-bg: #14291c; --bad: #ff8f85; --bad-bg: #351a18;
          --warn: #f0bd60; --warn-bg: #332610; --note: #9fc0e6; --note-bg: #1a2635; --focus: #8ab4f8; --mark: #4c3d10;
          --shadow: none; --ipi: #a692ea; --epow: #e0b84c; --hot-plug: #f29a56; --vio: #58bfd2; --phb-lsi: #7aacff;
          --phb-msi: #78cc7d; --shared: #9aa5b1; --unknown: #9aa5b1; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 80rem; padding: 1rem 1.25rem 2rem; background: var(--bg); color: var(--fg);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
        section, .verdict { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; margin: 1rem 0;
          padding: 1.1rem 1.3rem; box-shadow: var(--shadow); }
        h1 { margin: 0; font-size: 1.9rem; line-height: 1.15; letter-spacing: .03em; }
        h2 { font-size: 1.15rem; margin: 0 0 .7rem; } h3 { font-size: 1rem; margin: 0 0 .35rem; }
        p { margin: .4rem 0; max-width: 95ch; } code { font: .85em var(--mono); color: var(--dim); overflow-wrap: anywhere; }
        a { color: var(--focus); } .brand { margin: 0 0 .2rem; color: var(--dim); font-size: .9rem; }
        nav { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .9rem; margin: .2rem .2rem; }
        .verdict { border-left: .5rem solid; } .verdict p { margin: .3rem 0 0; }
        .verdict.identical { border-color: var(--good); background: var(--good-bg); } .identical h1 { color: var(--good); }
        .verdict.different { border-color: var(--bad); background: var(--bad-bg); } .different h1 { color: var(--bad); }
        .verdict.undecided { border-color: var(--warn); background: var(--warn-bg); } .undecided h1 { color: var(--warn); }
        .figures { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; margin: .8rem 0 0; padding: 0; font-size: .9rem; }
        .figures li { padding: .1rem .7rem; border-radius: 1rem; background: var(--soft); border: 1px solid var(--line); }
        .figures b { font-variant-numeric: tabular-nums; }
        .figures .some { font-weight: 600; } .figures .some.error { color: var(--bad); border-color: currentColor; }
        .figures .some.warning { color: var(--warn); border-color: currentColor; }
        .figures .some.note { color: var(--note); border-color: currentColor; }
        table { border-collapse: collapse; font-size: .86rem; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: .28rem .9rem .28rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        thead th, thead td { color: var(--dim); font-weight: 600; white-space: nowrap; }
        tbody tr:hover { background: var(--soft); } tbody tr:last-child > * { border-bottom: 0; }
        td.owner { min-width: 9rem; } th[scope=row], td.mono { font-family: var(--mono); white-space: nowrap; }
        th[colspan] { padding-left: .4rem; } td.first, th.first { border-left: 2px solid var(--line); padding-left: .6rem; }
        .scroll { overflow-x: auto; } .values { max-height: 22rem; overflow-y: auto; }
        .finding { margin: .6rem 0; padding: .6rem .9rem; border: 1px solid var(--line); border-left: .3rem solid var(--note);
          border-radius: .5rem; background: var(--soft); }
        .finding.error { border-left-color: var(--bad); } .finding.warning { border-left-color: var(--warn); }
        summary { cursor: pointer; overflow-wrap: anywhere; font-weight: 600; } summary code { font-weight: 400; }
        .badge { font-size: .72rem; font-weight: 700; text-transform: uppercase; letter-spacing: .04em; padding: .05rem .5rem;
          border-radius: 1rem; color: var(--note); background: var(--note-bg); }
        .badge.error { color: var(--bad); background: var(--bad-bg); }
        .badge.warning { color: var(--warn); background: var(--warn-bg); }
        .tools { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .6rem 0; font-size: .9rem; }
        button, input, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
          border-radius: .4rem; padding: .25rem .7rem; }
        button { cursor: pointer; } button:hover { border-color: var(--focus); color: var(--focus); }
        input[type=search] { width: 17rem; max-width: 100%; } input[type=checkbox] { width: 1rem; height: 1rem; }
        :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: .2rem; }
        #drawing { border: 1px solid var(--line); border-radius: .5rem; background: var(--card); touch-action: pan-y;
          overflow: hidden; cursor: pointer; }
        #drawing svg { display: block; width: 100%; }
        svg text { fill: var(--fg); font: 11px system-ui, "DejaVu Sans", sans-serif; } svg text.dim { fill: var(--dim); }
        svg .lane { fill: var(--soft); } svg .range { opacity: .15; } svg .cut { stroke: var(--dim); stroke-dasharray: 2 3; opacity: .6; }
        svg .free { opacity: .3; } svg .label { fill: #fff; font-weight: 600; pointer-events: none; }
        svg .moved { fill: none; stroke: var(--bad); stroke-width: 1.5; opacity: .7; }
        svg .differs { fill: none; stroke: var(--bad); stroke-width: 2; }
        svg .cursor { fill: none; stroke: var(--focus); stroke-width: 2.5; }
        svg .mark.error { fill: var(--bad); } svg .mark.warning { fill: var(--warn); } svg .mark.note { fill: var(--note); }
        @media (prefers-color-scheme: dark) { svg .label { fill: #10141a; } }
        .legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; padding: 0; margin: .5rem 0;
          font-size: .85rem; color: var(--dim); }
        .legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .35rem; border-radius: .2rem;
          vertical-align: -1px; }
        #story { margin: .8rem 0 0; padding: .8rem 1rem; background: var(--soft); border-radius: .5rem; display: grid;
          gap: .6rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); }
        #story:empty { display: none; } #story > h3, #story > ul { grid-column: 1 / -1; margin: 0; } #story ul { padding-left: 1.2rem; }
        #story dl { margin: 0; border-left: 2px solid var(--line); padding-left: .9rem; }
        #story dt { color: var(--dim); font-size: .78rem; text-transform: uppercase; letter-spacing: .04em; position: relative; }
        #story dt::before { content: ""; position: absolute; left: -1.22rem; top: .4rem; width: .5rem; height: .5rem;
          border-radius: 50%; background: var(--dim); }
        #story dd { margin: 0 0 .45rem; overflow-wrap: anywhere; }
        td.changed { background: var(--mark); font-weight: 600; }
        tr.error th[scope=row] { box-shadow: inset .2rem 0 var(--bad); padding-left: .5rem; }
        tr.warning th[scope=row] { box-shadow: inset .2rem 0 var(--warn); padding-left: .5rem; }
        #numbers th button { font: inherit; border: 0; background: none; padding: 0; text-decoration: underline dotted; }
        footer { color: var(--dim); font-size: .85rem; margin: 1rem .2rem; }
        @media (max-width: 40rem) { body { padding: .5rem .6rem 1rem; } section, .verdict { padding: .8rem .9rem; }
          h1 { font-size: 1.5rem; } .wide { display: none; } }
        @media print { :root { --bg: #fff; --card: #fff; --fg: #000; --soft: #fff; --shadow: none; }
          body { max-width: none; font-size: 9.5pt; padding: 0; } .tools, .go, .wide, nav, #more { display: none; }
          .values { max-height: none; } .scroll { overflow: visible; } section { border: 0; padding: 0; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } tr, summary { break-inside: avoid; }
          h2 { break-after: avoid; } }
        """#
}
