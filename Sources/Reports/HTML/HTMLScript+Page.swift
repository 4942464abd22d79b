extension HTMLScript {
    /// Selection, the story of a number, tables, controls.
    static let page = #"""

        const ownerOf = row => row ? (row.owner || 'nobody') + (row.claimed ? '' : ' (not claimed)') : 'free';
        const targetOf = row => !row ? '' : row.priority === null ? 'masked' : `${row.server}/${row.priority}`;
        const columns = [
          ['owner', ownerOf], ['kind', row => row ? row.kind || '?' : ''], ['server/priority', targetOf],
          ['EISN', row => row ? row.eisn || '' : ''], ['status', row => row ? row.status : ''],
        ];
        // A machine as built has owners, but nothing is configured yet.
        const columnsOf = side => side.role === 'constructed' ? columns.slice(0, 2) : columns;
        function select(number, isStaying) {
          selected = number;
          const index = indexOf(number);
          if (!isStaying && (index < view[0] || index >= view[1])) show(index + 0.5, view[1] - view[0]);
          else draw();
          tell();
        }
        function goTo(number) {
          selected = number;
          show(indexOf(number) + 0.5, Math.min(length, 24));
          tell();
        }
        function describe() {
          const box = byId('drawing');
          const owners = sides.map(side => `${side.title}: ${ownerOf(side.byNumber.get(selected))}`).join('; ');
          const severity = isMarked.get(selected);
          box.setAttribute('aria-valuemin', first);
          box.setAttribute('aria-valuemax', Math.max(first, end - 1));
          box.setAttribute('aria-valuenow', selected);
          box.setAttribute('aria-valuetext', `${hex(selected)}. ${owners}${severity ? `. Has a finding: ${severity}` : ''}`);
        }
        function step(list, direction) {
          if (!list.length) return;
          const next = direction > 0 ? list.find(n => n > selected) : list.findLast(n => n < selected);
          select(next === undefined ? (direction > 0 ? list[list.length - 1] : list[0]) : next);
        }
        function tell() {
          const story = byId('story');
          story.replaceChildren(make('h3', {}, `Number ${hex(selected)}`));
          for (const side of sides) story.append(storyOf(side));
          const about = data.marks.filter(mark => mark.first <= selected && selected <= mark.last);
          if (about.length) {
            const list = make('ul');
            for (const index of new Set(about.map(mark => mark.finding))) {
              const title = document.querySelector(`#finding-${index} summary`).textContent.trim();
              list.append(make('li', {}, make('a', { href: `#finding-${index}` }, title)));
            }
            story.append(make('h3', {}, 'Findings about it'), list);
          }
        }
        const bases = { section: ', by its own section', deviceTree: ', by the device tree', numberMap: ', by the number map',
          allocationOrder: ', by the order of allocation', model: ', by the model' };
        function storyOf(side) {
          const row = side.byNumber.get(selected);
          const list = make('dl');
          const add = (name, text) => list.append(make('dt', {}, name), make('dd', {}, text));
          add('Owner', row ? `${ownerOf(row)}${bases[row.basis] || ''}` : 'nobody: the number is free');
          if (row) {
            const target = row.priority === null ? 'masked' : `server ${row.server}, priority ${row.priority}`;
            add('Configuration', [row.kind ? row.kind.toUpperCase() : 'kind not known', target,
              row.eisn === null ? null : `EISN ${row.eisn}`, `status ${row.status}`].filter(Boolean).join(', '));
            addDelivery(side, row, add);
          }
          const group = make('div', {}, make('h3', {}, side.title));
          group.append(list);
          return group;
        }
        function addDelivery(side, row, add) {
          if (row.priority === null) return;
          if (row.queue !== undefined) {
            const queue = side.byQueue.get(row.queue);
            add('Queue', queue ? `${queue.name} at ${queue.address}, next entry ${queue.next} of ${queue.size}, ` +
              `generation ${queue.generation}, ${pendingOf(queue)}` : `${row.server}/${row.priority}: not enabled`);
          }
          const cpu = side.cpus.find(cpu => cpu.server === row.server);
          add('Server', cpu ? `${row.server}: vCPU ${cpu.i}, ` + (cpu.context || cpu.presenter || 'no context') :
            `${row.server}: no vCPU`);
        }
        const pendingOf = queue => queue.pending === null ? 'entries not captured' :
          queue.pending.length ? `${queue.pending.length} pending: ${queue.pending.slice(0, 16).join(' ')}` : 'none pending';

        // Numbers, in portions: a table of ten thousand rows is laid out as far as it is looked at.
        const portion = 100;
        let rows = [], shown = 0;
        const differs = number => sides.some(side => isComparable(side, number) && columnsOf(side).some(([, value]) =>
          value(source.byNumber.get(number)) !== value(side.byNumber.get(number))));
        const texts = new Map(all.map(number => [number, [hex(number), ...sides.flatMap(side =>
          columns.map(([, value]) => value(side.byNumber.get(number))))].join(' ').toLowerCase()]));
        function filter() {
          const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
          const which = byId('which').value;
          rows = all.filter(number => (which === 'all' || (which === 'findings' ? isMarked.has(number) : differs(number)))
            && words.every(word => texts.get(number).includes(word)));
          for (const body of byId('numbers').querySelectorAll('tbody')) body.remove();
          shown = 0;
          more();
        }
        function more() {
          const body = make('tbody');
          for (const number of rows.slice(shown, shown + portion)) body.append(rowOf(number));
          byId('numbers').append(body);
          shown = Math.min(rows.length, shown + portion);
          byId('count').textContent = `${rows.length} of ${all.length} numbers` +
            (shown < rows.length ? `, the first ${shown} listed` : '');
          byId('more').hidden = shown >= rows.length;
        }
        // Messages are given to a running guest: a machine as built has none.
        const isMessage = row => row && row.class === 'phb-msi';
        const isComparable = (side, number) => side !== source && !(side.role === 'constructed' &&
          (isMessage(source.byNumber.get(number)) || isMessage(side.byNumber.get(number))));
        function rowOf(number) {
          const button = make('button', { type: 'button', 'data-number': number }, hex(number));
          const line = make('tr', { class: isMarked.get(number) || '' }, make('th', { scope: 'row' }, button));
          for (const side of sides) for (const [name, value] of columnsOf(side)) {
            const text = value(side.byNumber.get(number));
            const isChanged = isComparable(side, number) && text !== value(source.byNumber.get(number));
            const classes = [name === 'owner' ? 'owner first' : '', isChanged ? 'changed' : ''].filter(Boolean).join(' ');
            line.append(make('td', { class: classes || null }, text));
          }
          return line;
        }
        function headings() {
          const groups = make('tr', {}, make('td'));
          const names = make('tr', {}, make('th', { scope: 'col' }, 'number'));
          for (const side of sides) {
            groups.append(make('th', { colspan: columnsOf(side).length, scope: 'colgroup', class: 'first' }, side.title));
            for (const [name] of columnsOf(side))
              names.append(make('th', { scope: 'col', class: name === 'owner' ? 'first' : null }, name));
          }
          byId('numbers').querySelector('thead').append(groups, names);
        }
        function queues() {
          const fields = [['address', q => q.address], ['entries', q => q.size], ['next', q => q.next],
            ['generation', q => q.generation], ['notifies', q => q.server === null ? 'nobody' : `server ${q.server}`],
            ['pending', pendingOf]];
          const table = byId('queues');
          const names = make('tr', {}, ...['queue', 'state', ...fields.map(([name]) => name)]
            .map(name => make('th', { scope: 'col' }, name)));
          table.querySelector('thead').append(names);
          const keys = [...new Set(sides.flatMap(side => side.queues.map(queue => queue.i)))].sort((a, b) => a - b);
          for (const key of keys) for (const side of sides) {
            const queue = side.byQueue.get(key), first = source.byQueue.get(key);
            const line = make('tr', {}, make('th', { scope: 'row' }, `${key >> 3}/${key & 7}`), make('td', {}, side.title));
            if (!queue) line.append(make('td', { colspan: fields.length }, 'not enabled'));
            else for (const [, value] of fields) {
              const isChanged = side.role === 'destination' && (!first || String(value(first)) !== String(value(queue)));
              line.append(make('td', { class: isChanged ? 'changed' : null }, String(value(queue))));
            }
            table.querySelector('tbody').append(line);
          }
          if (!keys.length) table.replaceWith(make('p', {}, 'None is enabled.'));
        }
        function cpus() {
          const fields = [['server', cpu => cpu.server ?? 'not known'], ['thread context', cpu => cpu.context],
            ['presenter', cpu => cpu.presenter]]
            .filter(([, value]) => sides.some(side => side.cpus.some(cpu => value(cpu) !== null)));
          const table = byId('cpus');
          table.querySelector('thead').append(make('tr', {}, ...['vCPU', 'state', ...fields.map(([name]) => name)]
            .map(name => make('th', { scope: 'col' }, name))));
          const keys = [...new Set(sides.flatMap(side => side.cpus.map(cpu => cpu.i)))].sort((a, b) => a - b);
          for (const key of keys) for (const side of sides) {
            const cpu = side.cpus.find(cpu => cpu.i === key), before = source.cpus.find(cpu => cpu.i === key);
            const line = make('tr', {}, make('th', { scope: 'row' }, String(key)), make('td', {}, side.title));
            if (!cpu) line.append(make('td', { colspan: fields.length }, 'does not exist'));
            else for (const [name, value] of fields) {
              // Registers are the guest's: only after a load they must be those of the source.
              const isHeld = side.role === 'destination' || (side.role === 'constructed' && name === 'server');
              const isChanged = isHeld && (!before || value(before) !== value(cpu));
              line.append(make('td', { class: isChanged ? 'changed' : null }, String(value(cpu) ?? 'none')));
            }
            table.querySelector('tbody').append(line);
          }
          if (!keys.length) table.replaceWith(make('p', {}, 'None is known.'));
        }
        function legend() {
          const names = { ipi: 'IPIs', epow: 'EPOW events', 'hot-plug': 'hot-plug events', vio: 'VIO devices',
            'phb-lsi': 'PHB pins (LSI)', 'phb-msi': 'PHB messages (MSI)', unknown: 'owner not known' };
          const used = new Set(sides.flatMap(side => side.numbers.map(row => row.class)));
          for (const [key, name] of Object.entries(names)) if (used.has(key)) {
            const item = make('li', {}, make('i', { style: `background: var(--${key})` }), name);
            byId('legend').append(item);
          }
        }

        byId('drawing').addEventListener('keydown', event => {
          if (event.ctrlKey || event.altKey || event.metaKey) return;
          const actions = {
            ArrowRight: () => step(all, 1), ArrowLeft: () => step(all, -1), ArrowUp: () => step(all, 1),
            ArrowDown: () => step(all, -1), PageDown: () => step(marked, 1), PageUp: () => step(marked, -1),
            Home: () => all.length && select(all[0]), End: () => all.length && select(all[all.length - 1]),
            '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2), '0': () => show(0, length),
            Enter: () => byId('story').focus(),
          };
          if (!actions[event.key]) return;
          event.preventDefault();
          actions[event.key]();
        });
        byId('drawing').addEventListener('click', event => {
          const box = byId('drawing').getBoundingClientRect();
          const number = numberAt(view[0] + (event.clientX - box.left) / box.width * (view[1] - view[0]));
          // In a wide view a pixel is many numbers: the nearest listed one is meant.
          const reach = (view[1] - view[0]) / box.width * 4;
          const near = all.reduce((best, n) => Math.abs(n - number) < Math.abs(best - number) ? n : best, all[0] ?? number);
          select(Math.abs(near - number) <= reach ? near : number, true);
        });
        byId('zoom-in').addEventListener('click', () => zoom(0.5));
        byId('zoom-out').addEventListener('click', () => zoom(2));
        byId('zoom-all').addEventListener('click', () => show(0, length));
        byId('previous').addEventListener('click', () => step(marked, -1));
        byId('next').addEventListener('click', () => step(marked, 1));
        byId('whole').addEventListener('change', event => { layOut(event.target.checked); draw(); });
        byId('goto').addEventListener('change', event => {
          const text = event.target.value.trim();
          const number = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
          const isThere = number >= first && number < end;
          byId('message').textContent = !text || isThere ? '' : `${text} is no number of this space`;
          if (!isThere) return;
          if (!all.includes(number) && !byId('whole').checked) { byId('whole').checked = true; layOut(true); }
          goTo(number);
        });
        document.addEventListener('click', event => {
          const button = event.target.closest('button[data-number]');
          if (!button) return;
          goTo(Number(button.dataset.number));
          byId('space-title').scrollIntoView({ block: 'start' });
          byId('drawing').focus({ preventScroll: true });
        });
        byId('filter').addEventListener('input', filter);
        byId('which').addEventListener('change', filter);
        byId('more').addEventListener('click', more);
        new ResizeObserver(() => draw()).observe(byId('drawing'));
        if (!marked.length) byId('previous').hidden = byId('next').hidden = true;
        if (marked.length) selected = marked[0];
        layOut(false);
        headings();
        legend();
        filter();
        queues();
        cpus();
        draw();
        tell();
        """#
}
