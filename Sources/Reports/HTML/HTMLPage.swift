/// The parts of the page that its script fills.
enum HTMLPage {
    static let views = """
        <noscript><p>The drawing and the tables of numbers, queues and vCPUs need the page's script.</p></noscript>
        <section class="scripted" aria-labelledby="space-title">
        <h2 id="space-title">Number space</h2>
        <p id="space-help">Each row is one state; a bar is a number in the colour of its owner's kind. Marks above are findings,
        red lines lead from where a device's number was to where it is. <span class="wide">Arrow keys move between numbers,
        Page Up and Page Down between numbers with findings, + and − zoom, 0 shows all, Enter reads the story of a number.</span></p>
        <div class="tools">
        <button type="button" id="zoom-in">Zoom in</button>
        <button type="button" id="zoom-out">Zoom out</button>
        <button type="button" id="zoom-all">All</button>
        <button type="button" id="previous">Previous finding</button>
        <button type="button" id="next">Next finding</button>
        <label>Go to number <input id="goto" size="8" placeholder="0x1204" autocomplete="off"></label>
        <label><input type="checkbox" id="whole"> unused numbers too</label>
        </div>
        <div id="drawing" tabindex="0" role="slider" aria-label="Number space" aria-describedby="space-help"></div>
        <ul id="legend" class="legend"></ul>
        <p id="message" role="status"></p>
        <article id="story" tabindex="-1" aria-live="polite"></article>
        </section>
        <section class="scripted" aria-labelledby="numbers-title">
        <h2 id="numbers-title">Numbers before and after</h2>
        <div class="tools">
        <label>Filter <input id="filter" type="search" placeholder="number, owner, server, EISN" autocomplete="off"></label>
        <label>Show <select id="which"><option value="all">all numbers</option>
        <option value="findings">numbers with findings</option>
        <option value="changed">rows that differ</option></select></label>
        <span id="count" role="status"></span>
        </div>
        <div class="scroll"><table id="numbers"><thead></thead></table></div>
        <p><button type="button" id="more">Show more</button></p>
        </section>
        <section class="scripted" aria-labelledby="queues-title">
        <h2 id="queues-title">Event queues</h2>
        <div class="scroll"><table id="queues"><thead></thead><tbody></tbody></table></div>
        </section>
        <section class="scripted" aria-labelledby="cpus-title">
        <h2 id="cpus-title">vCPUs</h2>
        <div class="scroll"><table id="cpus"><thead></thead><tbody></tbody></table></div>
        </section>
        </main>
        """
}
