// What JupyterLab expects of an extension, which webpack would make otherwise: a container by the
// package's name, that is given the modules which JupyterLab shares, and gives its own.
{
  const here = document.currentScript.src;
  let shared;
  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB["lstm-lessons"] = {
    init(scope) {
      shared = scope;
    },
    async get() {
      const { plugin } = await import(new URL("extension.js", here));
      const [lumino] = Object.values(shared["@lumino/widgets"]); // the only version there
      const { Widget } = (await lumino.get())();
      return () => ({ __esModule: true, default: plugin(Widget) });
    },
  };
}
