// For JupyterLab and JupyterLite alike: running all cells leaves the reader where they are. For
// JupyterLite besides: it says what it waits for, and leads back to the lesson's page.

import { stay } from "./stay.js";
import { Waiting } from "./waiting.js";

// What JupyterLite knows of itself; JupyterLab has no such settings.
const settings = JSON.parse(document.getElementById("jupyter-config-data").textContent);

export function plugin(Widget) {
  return {
    id: "lstm-lessons:plugin",
    autoStart: true,
    activate(app) {
      const style = document.head.appendChild(document.createElement("link"));
      Object.assign(style, { rel: "stylesheet", href: new URL("extension.css", import.meta.url) });
      stay(app);
      if (settings.litePluginSettings) app.restored.then(() => new Waiting(app, Widget, settings));
    },
  };
}
