/// The page's script.
///
/// Text from files reaches the page as text nodes and attribute values only, never as markup.
enum HTMLScript {
    /// Data and helpers of every page.
    static let helpers = #"""

        'use strict';
        const data = JSON.parse(document.getElementById('data').textContent);
        const byId = id => document.getElementById(id);
        const make = (tag, attributes = {}, ...children) => {
          const node = document.createElement(tag);
          for (const [key, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(key, value);
          node.append(...children);
          return node;
        };
        """#

    /// The drawing of the number space.
    static let drawing = #"""

        const hex = n => '0x' + n.toString(16).padStart(4, '0');
        const sides = data.sides;
        for (const side of sides) {
          side.byNumber = new Map(side.numbers.map(row => [row.n, row]));
          side.byOwner = new Map(side.numbers.map(row => [row.owner, row]));
          side.byQueue = new Map(side.queues.map(queue => [queue.i, queue]));
        }
        const source = sides[0], other = sides[1] || null;
        const all = [...new Set(sides.flatMap(side => side.numbers.map(row => row.n)))].sort((a, b) => a - b);
        const ranks = { error: 0, warning: 1, note: 2 };
        const marks = [...data.marks].sort((a, b) => ranks[a.severity] - ranks[b.severity] || a.first - b.first);
        const isMarked = new Map();
        for (const number of all) {
          const mark = marks.find(mark => mark.first <= number && number <= mark.last);
          if (mark) isMarked.set(number, mark.severity);
        }
        const marked = all.filter(number => isMarked.get(number) === 'error' || isMarked.get(number) === 'warning');

        // The axis: runs of numbers that are drawn, one after the other; a place on it is an index from 0.
        let segments = [], length = 0, view = [0, 1], selected = all.length ? all[0] : 0;
        const first = Math.min(...sides.map(side => side.first)), end = Math.max(...sides.map(side => side.end));
        function layOut(isWhole) {
          segments = [];
          const add = (low, high) => {
            const last = segments[segments.length - 1];
            if (last && low <= last.high + 16) last.high = Math.max(last.high, high);
            else segments.push({ low, high });
          };
          if (isWhole || !all.length) add(first, Math.max(end, first + 1));
          else for (const number of all) add(number, number + 1);
          length = 0;
          for (const segment of segments) {
            segment.start = length;
            length += segment.high - segment.low;
          }
          view = [0, length];
          for (const side of sides) for (const row of side.numbers) row.index = indexOf(row.n);
        }
        function indexOf(number) {
          for (const segment of segments)
            if (number < segment.high) return segment.start + Math.max(0, number - segment.low);
          return length;
        }
        function numberAt(index) {
          const segment = segments.findLast(segment => segment.start <= index) || segments[0];
          return Math.min(segment.high - 1, segment.low + Math.floor(index - segment.start));
        }

        const laneHeight = 44, markHeight = 18, axisHeight = 24, labelHeight = 32;
        const svgNode = (tag, attributes, text) => {
          const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
          for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
          if (text !== undefined) node.textContent = text;
          return node;
        };
        function draw() {
          const box = byId('drawing');
          const width = Math.max(200, box.clientWidth);
          const height = markHeight + sides.length * (laneHeight + labelHeight) + axisHeight;
          const svg = svgNode('svg', { viewBox: `0 0 ${width} ${height}`, height, 'aria-hidden': 'true' });
          const scale = width / (view[1] - view[0]);
          const x = index => (index - view[0]) * scale;
          drawMarks(svg, x, width);
          sides.forEach((side, lane) => drawLane(svg, side, markHeight + lane * (laneHeight + labelHeight), x, scale, width));
          drawMoves(svg, x);
          drawAxis(svg, x, width, height);
          drawCursor(svg, x, scale);
          box.replaceChildren(svg);
          describe();
        }
        // Runs of numbers from `low` up to `high`, cut to what the axis shows: pairs of indices.
        function* visible(low, high) {
          for (const segment of segments) {
            const from = Math.max(low, segment.low), to = Math.min(high, segment.high);
            if (from >= to) continue;
            const a = Math.max(view[0], segment.start + from - segment.low);
            const b = Math.min(view[1], segment.start + to - segment.low);
            if (a < b) yield [a, b];
          }
        }
        function drawMarks(svg, x, width) {
          const used = new Set();
          for (const mark of marks) for (const [a, b] of visible(mark.first, mark.last + 1)) {
            const left = Math.floor(x(a)), w = Math.max(3, x(b) - x(a) - 1);
            if (w === 3 && used.has(left)) continue;
            used.add(left);
            svg.append(svgNode('rect', { class: 'mark ' + mark.severity, x: left, y: 4, width: w, height: 8,
              'data-first': mark.first, 'data-last': mark.last, 'data-finding': mark.finding }));
          }
        }
        function drawLane(svg, side, y, x, scale, width) {
          svg.append(svgNode('text', { x: 4, y: y + labelHeight - 8, class: 'dim' },
            `${side.title}: ${side.numbers.length} numbers, ${side.mode.toUpperCase()}`));
          const top = y + labelHeight;
          svg.append(svgNode('rect', { class: 'lane', x: 0, y: top, width, height: laneHeight - 4 }));
          for (const range of side.ranges) for (const [a, b] of visible(range.first, range.end))
            svg.append(svgNode('rect', { class: 'range', x: x(a), y: top, width: x(b) - x(a), height: laneHeight - 4,
              fill: `var(--${range.class})` }));
          // Bars: one for each run of neighbours alike that fall into the same pixels.
          let run = null;
          const flush = () => {
            if (!run) return;
            const bar = svgNode('rect', { class: run.row.claimed ? 'bar' : 'bar free', x: run.left, y: top + 3,
              width: Math.max(1.5, run.right - run.left), height: laneHeight - 10, fill: `var(--${run.row.class})`,
              'data-first': run.first, 'data-last': run.last, 'data-side': side.role });
            svg.append(bar);
            run = null;
          };
          for (const row of side.numbers) {
            const index = row.index;
            if (index + 1 <= view[0]) continue;
            if (index >= view[1]) break;
            const left = x(index), right = x(index + 1) - (scale > 4 ? 1 : 0);
            const isAlike = run && run.row.class === row.class && run.row.claimed === row.claimed;
            if (isAlike && left - run.left < 2) { run.right = Math.max(run.right, right); run.last = row.n; continue; }
            flush();
            run = { row, left, right, first: row.n, last: row.n };
            if (scale >= 30) {
              flush();
              const box = svg.lastChild, room = Math.floor((right - left) / 6.8);
              const text = short(row).length > room ? short(row).replace(/^PHB\d+ /, '') : short(row);
              box.append(svgNode('title', {}, `${hex(row.n)}: ${row.owner || 'nobody'}${row.claimed ? '' : ' (not claimed)'}`));
              if (room > 1) svg.append(svgNode('text', { class: 'label', x: (left + right) / 2, y: top + laneHeight / 2 + 2,
                'text-anchor': 'middle' }, text.length > room ? text.slice(0, room - 1) + '…' : text));
            }
          }
          flush();
        }
        const short = row => (row.owner || '?').replace(/^PHB (\d+) LSI pin (\d+)$/, 'PHB$1 L$2')
          .replace(/^PHB (\d+) MSI (\S+) vector (\d+)$/, 'PHB$1 M$3').replace(/^VIO ([^@]*)@.*$/, '$1').replace(/ events$/, '');
        // From the place of a device's number on the source to its places on the other sides, where they differ.
        function drawMoves(svg, x) {
          const bottom = markHeight + labelHeight + laneHeight - 4;
          let room = 400;
          sides.slice(1).forEach((side, lane) => {
            const top = markHeight + (lane + 1) * (laneHeight + labelHeight) + labelHeight;
            for (const row of side.numbers) {
              const before = row.owner && source.byOwner.get(row.owner);
              if (!before || before.n === row.n || room-- <= 0) continue;
              const a = x(before.index + 0.5), b = x(row.index + 0.5), half = (bottom + top) / 2;
              svg.append(svgNode('path', { class: 'moved', d: `M${a},${bottom} C${a},${half} ${b},${half} ${b},${top}`,
                'data-from': before.n, 'data-to': row.n }));
            }
          });
        }
        function drawAxis(svg, x, width, height) {
          let free = -Infinity;
          const label = (index, number) => {
            const place = Math.min(x(index), width - 42);
            if (place < free) return;
            svg.append(svgNode('text', { x: Math.max(2, place), y: height - 7, class: 'dim' }, hex(number)));
            free = place + 52;
          };
          for (const segment of segments) {
            const stop = segment.start + segment.high - segment.low;
            if (stop <= view[0] || segment.start >= view[1]) continue;
            if (segment.start > view[0])
              svg.append(svgNode('line', { class: 'cut', x1: x(segment.start), x2: x(segment.start), y1: 0, y2: height }));
            const from = Math.max(segment.start, Math.ceil(view[0]));
            label(from, segment.low + from - segment.start);
            const step = 2 ** Math.max(0, Math.ceil(Math.log2((view[1] - view[0]) * 70 / width)));
            const begin = Math.ceil((segment.low + from - segment.start) / step) * step;
            for (let number = begin; number < segment.high; number += step) {
              const index = segment.start + number - segment.low;
              if (index >= view[1]) break;
              label(index, number);
            }
          }
        }
        function drawCursor(svg, x, scale) {
          const index = indexOf(selected);
          if (index < view[0] || index >= view[1]) return;
          sides.forEach((side, lane) => svg.append(svgNode('rect', { class: 'cursor', x: x(index) - 1,
            y: markHeight + lane * (laneHeight + labelHeight) + labelHeight - 1, width: Math.max(4, scale + 1),
            height: laneHeight - 2, rx: 2, 'data-selected': selected })));
        }
        function zoom(factor) {
          const middle = Math.min(view[1], Math.max(view[0], indexOf(selected) + 0.5));
          const size = Math.min(length, Math.max(4, (view[1] - view[0]) * factor));
          show(middle, size);
        }
        function show(middle, size) {
          const low = Math.min(Math.max(0, middle - size / 2), Math.max(0, length - size));
          view = [low, low + Math.min(size, length)];
          draw();
        }
        """#
}
