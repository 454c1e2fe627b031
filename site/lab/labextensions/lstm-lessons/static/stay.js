// Running all cells makes JupyterLab choose the last one and go there, away from what is being read.
// https://github.com/jupyterlab/jupyterlab/issues/16402 asks for a setting.

const RUNS = ["notebook:run-all-cells", "notebook:restart-run-all"];
const MOVES = ["wheel", "pointerdown", "keydown", "touchstart"]; // the reader moves

export function stay(app) {
  let release = () => {};
  // There is no signal before a command, and after it the reader's place is lost.
  const execute = app.commands.execute.bind(app.commands);
  app.commands.execute = (id, args) => {
    const { content, context } = app.shell.currentWidget ?? {};
    if (!RUNS.includes(id) || !context || !content?.outerNode) return execute(id, args);
    release();
    const place = new Place(content);
    release = () => place.release();
    const done = execute(id, args);
    place.hold();
    // What the last cell shows is drawn a moment after it has run.
    const later = () => setTimeout(() => place.release(), 1000);
    done.then(later, later);
    return done;
  };
}

// The cell that is chosen, and where the first one in view begins. Held, they stay so until the reader
// moves, also while outputs above grow.
class Place {
  constructor(notebook) {
    this.notebook = notebook;
    this.active = notebook.activeCellIndex;
    // Its top must be in view: what stands below its top may vanish while it runs.
    const { top } = notebook.outerNode.getBoundingClientRect();
    const begins = (cell) => cell.node.getBoundingClientRect().top >= top - 1;
    this.cell = notebook.widgets.find(begins)?.node ?? notebook.widgets.at(-1).node;
    this.top = this.cell.getBoundingClientRect().top;
    this.held = false;
    this.release = this.release.bind(this);
  }

  hold() {
    this.held = true;
    for (const kind of MOVES) this.notebook.outerNode.addEventListener(kind, this.release, true);
    this.look();
  }

  release() {
    this.held = false;
    for (const kind of MOVES) this.notebook.outerNode.removeEventListener(kind, this.release, true);
  }

  look() {
    const { notebook, cell } = this;
    if (!this.held || !cell.isConnected) return;
    if (notebook.activeCellIndex !== this.active) notebook.activeCellIndex = this.active;
    const drift = cell.getBoundingClientRect().top - this.top;
    if (Math.abs(drift) > 1) notebook.outerNode.scrollTop += drift;
    requestAnimationFrame(() => this.look());
  }
}
