// A link to the page as it is: what stands in the address is put into a widget, and under each widget
// that can be shared so a button copies such a link.

import { make, write } from "./dom.js";
import { decode, encode } from "./link.js";
import { SHARED } from "./shared.js";

const WORDS = {
  copy: "Copy link",
  copied: "Copied: the link opens this page as you have set it here.",
  untrained: "Copied: the link has what you have set, but not what the network has learned here.",
  select: "Your browser does not let this page copy. Here is the link:",
  unsolved:
    "A puzzle can be sent once you have solved it: draw boxes, and bring the states into all of them.",
  long: "So much is set here that no link can hold it. Let go of some of it, and try again.",
  link: "Link",
  unread: "The link could not be read: it may be cut off. The page is as it is without it.",
};
const SIGN = "#s="; // then the widget's name, a point, and its state
const LONGEST = 2000; // characters, which every program lets an address have

// Give the widget that the address speaks of the state that it has. Returns its place on the page.
export function openLink(places, models) {
  // The same page with another link in its address.
  window.addEventListener("hashchange", () => location.hash.startsWith(SIGN) && location.reload());
  if (!location.hash.startsWith(SIGN)) return null;
  const [name, text] = location.hash.slice(SIGN.length).split(".");
  const el = places.find(({ dataset }) => dataset.place === name && dataset.kind in SHARED);
  const state = decode(text ?? "");
  const traits = el && state && SHARED[el.dataset.kind].give(getter(models.get(el)), state);
  if (traits) models.get(el).set(traits);
  else {
    const note = make("p", { class: "unread", role: "alert", text: WORDS.unread });
    document.querySelector("article h1").after(note);
  }
  return traits ? el : null;
}

const getter = (model) => (name) => model.get(name);

export function offerLink(el, model) {
  const shared = SHARED[el.dataset.kind];
  if (!shared) return;
  const row = make("div", { class: "share" }, el);
  const button = make("button", { type: "button", text: WORDS.copy }, row);
  const said = make("span", { role: "status" }, row);
  const field = make("input", { readonly: "", "aria-label": WORDS.link, hidden: "" }, row);
  const weights = model.get("weights");
  button.addEventListener("click", async () => {
    const state = shared.take(getter(model));
    field.hidden = true;
    if (!state) {
      write(said, WORDS.unsolved);
      return;
    }
    const link = `${location.href.split("#")[0]}${SIGN}${el.dataset.place}.${encode(state)}`;
    if (link.length > LONGEST) {
      write(said, WORDS.long);
      return;
    }
    try {
      await navigator.clipboard.writeText(link);
      write(said, model.get("weights") === weights ? WORDS.copied : WORDS.untrained);
    } catch {
      write(said, WORDS.select);
      Object.assign(field, { value: link, hidden: false });
      field.select();
    }
  });
}
