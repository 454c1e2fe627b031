// For JupyterLab and JupyterLite alike: running all cells leaves the reader where they are, a phone's
// window is not filled by the list of files, and pictures go dark with the theme. For
// JupyterLite besides: it says what it waits for, and leads back to the lesson's page.

import { stay } from "./stay.js";
import { Waiting } from "./waiting.js";

// What JupyterLite knows of itself; JupyterLab has no such settings.
const settings = JSON.parse(document.getElementById("jupyter-config-data").textContent);

const NARROW = 700; // px

export function plugin(Widget) {
  return {
    id: "lstm-lessons:plugin",
    autoStart: true,
    activate(app) {
      const style = document.head.appendChild(document.createElement("link"));
      Object.assign(style, { rel: "stylesheet", href: new URL("extension.css", import.meta.url) });
      stay(app);
      if (innerWidth < NARROW) app.restored.then(() => app.shell.collapseLeft?.());
      if (settings.litePluginSettings) app.restored.then(() => new Waiting(app, Widget, settings));
    },
  };
}
