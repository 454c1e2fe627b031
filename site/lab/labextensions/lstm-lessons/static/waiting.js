// A line above each notebook in JupyterLite: where Python is being fetched from, what to do if it
// cannot be had, and the way back to the lesson's page.

const PATIENCE = 10_000; // ms; a network that drops what it forbids would let one wait for ever

export class Waiting {
  constructor(app, Widget, settings) {
    this.Widget = Widget;
    this.lite = new URL(settings.baseUrl, location.href);
    this.lessons = settings.lessons;
    const kernel = settings.litePluginSettings["@jupyterlite/pyodide-kernel-extension:kernel"];
    this.python = new URL(kernel.pyodideUrl, this.lite);
    this.from = this.python.host === location.host ? "this site" : this.python.host;
    this.met = new WeakSet();
    const meet = () => this.meet(app.shell.currentWidget);
    app.shell.currentChanged.connect(meet);
    meet();
  }

  async meet(panel) {
    if (!panel?.sessionContext || !panel.contentHeader || this.met.has(panel)) return;
    this.met.add(panel);
    const lesson = panel.context.path.replace(/\.ipynb$/, "");
    const say = this.line(panel, this.lessons.includes(lesson) ? `${lesson}.html` : "index.html");
    say(
      `Python is being fetched from ${this.from}: about 30 MB the first time, which your browser then` +
        " keeps. Read on meanwhile.",
    );
    const { sessionContext } = panel;
    const ready = sessionContext.ready.then(() => sessionContext.session.kernel.info);
    if (await Promise.race([ready, reached(this.python)])) {
      await ready;
      say("");
      return;
    }
    say(
      `Python could not be fetched from ${this.from}, so no cell can run. Something between you and` +
        " that address may block it: ask for it to be let through, or read the lesson as a page.",
      true,
    );
  }

  // Put a line with a link to a page of the site above a notebook; the function that says a text there.
  line(panel, page) {
    const widget = new this.Widget();
    const line = widget.node.appendChild(document.createElement("div"));
    const back = line.appendChild(document.createElement("a"));
    const text = line.appendChild(document.createElement("span"));
    line.className = "lessons-line";
    Object.assign(back, {
      href: new URL(`../${page}`, this.lite),
      textContent: "← The lesson's page",
    });
    text.setAttribute("role", "status");
    panel.contentHeader.addWidget(widget);
    new ResizeObserver(() => {
      widget.node.style.minHeight = `${line.offsetHeight}px`;
      panel.contentHeader.fit();
    }).observe(line);
    return (sentence, failed = false) => {
      text.textContent = sentence;
      line.classList.toggle("lessons-failed", failed);
    };
  }
}

async function reached(address) {
  try {
    return (await fetch(address, { signal: AbortSignal.timeout(PATIENCE) })).ok;
  } catch {
    return false;
  }
}
