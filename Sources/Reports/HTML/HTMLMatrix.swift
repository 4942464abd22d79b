import Checker
import InterruptState

/// The page of a matrix: verdict and counts, a grid with filters, and the story of the chosen cell.
enum HTMLMatrix {
    static func page(_ matrix: MatrixReport) -> String {
        let parts = [
            HTMLDocument.head(title: "\(matrix.verdict.headline): " + matrix.title, style: HTMLStyle.text + style),
            banner(matrix), views,
            "<script type=\"application/json\" id=\"data\">\(HTMLText.scriptData(json(matrix)))</script>",
            "<script>\(HTMLScript.helpers)\(HTMLScript.matrix)</script>",
            HTMLDocument.foot(toolVersion: matrix.toolVersion),
        ]
        return parts.joined(separator: "\n") + "\n"
    }

    private static func banner(_ matrix: MatrixReport) -> String {
        let figures = MatrixReport.Outcome.allCases.map { outcome in
            "<li class=\"\(outcome.rawValue)\"><b>\(matrix.count(outcome))</b> \(outcome.rawValue)</li>"
        }
        return """
            <header>
            <p class="brand">irqproof: \(HTMLText.escaped(matrix.title))</p>
            <div class="verdict \(matrix.verdict.rawValue)">
            <h1>\(matrix.verdict.headline)</h1>
            <p>\(HTMLText.escaped(matrix.summary))</p>
            <ul class="figures">\(figures.joined())</ul>
            \(general(matrix))
            </div>
            </header>
            """
    }

    private static func general(_ matrix: MatrixReport) -> String {
        guard !matrix.general.isEmpty else { return "" }
        let items = matrix.general.map { remark in
            "<li>\(HTMLText.escaped(remark.text)) <code>\(HTMLText.escaped(remark.rule))</code></li>"
        }
        return "<ul>\(items.joined())</ul>"
    }

    private static func json(_ matrix: MatrixReport) -> String {
        var json = JSONWriter()
        json.object { json in
            json.array("axes") { json in
                for axis in matrix.axes { json.value(printable(axis)) }
            }
            json.array("cells") { json in
                for cell in matrix.cells { json.object { self.cell(cell, &$0) } }
            }
        }
        return json.text
    }

    private static func cell(_ cell: MatrixReport.Cell, _ json: inout JSONWriter) {
        json.array("place") { json in
            for value in cell.place { json.value(printable(value)) }
        }
        json.member("outcome", cell.outcome.rawValue)
        json.member("page", cell.page.map(URIText.reference))
        json.array("remarks") { json in
            for remark in cell.remarks {
                json.object {
                    $0.member("rule", printable(remark.rule))
                    $0.member("text", printable(remark.text))
                }
            }
        }
    }

    private static let views = """
        <main>
        <noscript><p>The grid needs the page's script.</p></noscript>
        <section class="scripted" aria-labelledby="grid-title">
        <h2 id="grid-title">Cells</h2>
        <div class="tools" id="outcomes"></div>
        <div class="tools">
        <label>Columns <select id="columns"></select></label>
        <label>Filter <input id="filter" type="search" placeholder="any word of a cell" autocomplete="off"></label>
        <span id="count" role="status"></span>
        </div>
        <p class="wide">Arrow keys move in the grid.</p>
        <div class="scroll grid"><table id="grid"><thead></thead><tbody></tbody></table></div>
        <article id="story" tabindex="-1" aria-live="polite"></article>
        </section>
        </main>
        """

    private static let style = #"""

        .grid { max-height: 70vh; overflow: auto; border: 1px solid var(--line); border-radius: .5rem; }
        #grid th, #grid td { padding: .15rem .5rem; border-bottom: 1px solid var(--line); }
        #grid thead th { position: sticky; top: 0; background: var(--card); z-index: 1; }
        #grid th[scope=row] { position: sticky; left: 0; background: var(--card); font-family: inherit; font-weight: 500; }
        .cell { border: 0; border-radius: .3rem; min-width: 2rem; padding: .1rem .3rem; font-weight: 700; color: var(--dim);
          background: var(--soft); }
        .cell.identical { color: var(--good); background: var(--good-bg); }
        .cell.different { color: var(--bad); background: var(--bad-bg); }
        .cell.undecided { color: var(--warn); background: var(--warn-bg); }
        .cell.waived { color: var(--note); background: var(--note-bg); }
        .cell[aria-current=true] { outline: 3px solid var(--focus); }
        .figures .different b { color: var(--bad); } .figures .identical b { color: var(--good); }
        .figures .undecided b { color: var(--warn); }
        @media print { .grid { max-height: none; } }
        """#
}

extension HTMLScript {
    /// The script of a matrix.
    static let matrix = #"""

        const signs = { identical: '✓', different: '✗', undecided: '?', waived: '~', skipped: '–' };
        const shown = new Set(Object.keys(signs));
        data.cells.forEach((cell, index) => {
          cell.index = index;
          cell.text = [...cell.place, cell.outcome, ...cell.remarks.flatMap(r => [r.rule, r.text])].join(' ').toLowerCase();
        });
        let chosen = null;
        const rowKey = (cell, column) => cell.place.filter((_, axis) => axis !== column).join(' · ');
        function draw() {
          const column = Number(byId('columns').value);
          const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
          const cells = data.cells.filter(cell => shown.has(cell.outcome) && words.every(word => cell.text.includes(word)));
          const order = new Intl.Collator('en', { numeric: true }).compare;
          const columns = [...new Set(cells.map(cell => cell.place[column]))].sort(order);
          const rows = new Map();
          for (const cell of cells) {
            const key = rowKey(cell, column);
            if (!rows.has(key)) rows.set(key, new Map());
            const row = rows.get(key);
            if (!row.has(cell.place[column])) row.set(cell.place[column], []);
            row.get(cell.place[column]).push(cell);
          }
          const head = make('tr', {}, make('th', { scope: 'col' },
            data.axes.filter((_, axis) => axis !== column).join(' · ')));
          for (const name of columns) head.append(make('th', { scope: 'col' }, name));
          byId('grid').querySelector('thead').replaceChildren(head);
          const sorted = [...rows].sort((a, b) => order(a[0], b[0]));
          const lines = sorted.map(([key, row]) => make('tr', {}, make('th', { scope: 'row' }, key),
            ...columns.map(name => make('td', {}, ...(row.get(name) || []).map(button)))));
          byId('grid').querySelector('tbody').replaceChildren(...lines);
          byId('count').textContent = `${cells.length} of ${data.cells.length} cells`;
          const first = byId('grid').querySelector('button');
          if (first) first.tabIndex = 0;
        }
        function button(cell) {
          return make('button', { type: 'button', class: `cell ${cell.outcome}`, 'data-cell': cell.index, tabindex: -1,
            'aria-label': `${cell.place.join(', ')}: ${cell.outcome}`, 'aria-current': cell === chosen ? 'true' : null },
            signs[cell.outcome]);
        }
        function choose(node) {
          for (const old of byId('grid').querySelectorAll('button[tabindex="0"], button[aria-current]')) {
            old.tabIndex = -1;
            old.removeAttribute('aria-current');
          }
          node.tabIndex = 0;
          node.setAttribute('aria-current', 'true');
          chosen = data.cells[Number(node.dataset.cell)];
          tell();
        }
        function tell() {
          const story = byId('story');
          const list = make('ul');
          for (const remark of chosen.remarks)
            list.append(make('li', {}, remark.text, ' ', remark.rule ? make('code', {}, remark.rule) : ''));
          const places = make('dl');
          data.axes.forEach((axis, index) => places.append(make('dt', {}, axis), make('dd', {}, chosen.place[index])));
          story.replaceChildren(make('h3', {}, `${signs[chosen.outcome]} ${chosen.outcome}`), places,
            chosen.remarks.length ? list : make('p', {}, 'No findings.'));
          if (chosen.page) story.append(make('p', {}, make('a', { href: chosen.page }, 'The report of this cell')));
        }
        for (const outcome of Object.keys(signs)) {
          const count = data.cells.filter(cell => cell.outcome === outcome).length;
          if (!count) continue;
          const box = make('input', { type: 'checkbox', checked: '', 'data-outcome': outcome });
          box.addEventListener('change', () => { if (box.checked) shown.add(outcome); else shown.delete(outcome); draw(); });
          byId('outcomes').append(make('label', {}, box, ` ${outcome} (${count})`));
        }
        data.axes.forEach((axis, index) => byId('columns').append(make('option', { value: index }, axis)));
        byId('columns').value = String(Math.max(0, data.axes.length - 1));
        byId('columns').addEventListener('change', draw);
        byId('filter').addEventListener('input', draw);
        byId('grid').addEventListener('click', event => {
          const node = event.target.closest('button');
          if (node) choose(node);
        });
        byId('grid').addEventListener('keydown', event => {
          const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
          const node = event.target.closest('button'), step = steps[event.key];
          if (!node || !step) return;
          event.preventDefault();
          let td = node.closest('td'), next = null;
          while (td && !next) {
            const line = td.parentNode, at = td.cellIndex + step[0];
            const other = step[1] ? byId('grid').tBodies[0].rows[line.sectionRowIndex + step[1]] : line;
            td = other && at > 0 ? other.cells[at] : null;
            next = td && td.querySelector('button');
          }
          if (next) { choose(next); next.focus(); }
        });
        draw();
        """#
}
