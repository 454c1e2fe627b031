// What a screen reader hears: where the hand came to rest, and not every move on its way there.

import { make, write } from "./dom.js";

const REST = 500; // milliseconds without a move

export class Speech {
  // `name` is the class of the part that is read out.
  constructor(parent, name) {
    this.live = make("p", { class: name, "aria-live": "polite" }, parent);
  }

  // `also()` is called with it.
  say(sentence, also) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      write(this.live, sentence);
      also?.();
    }, REST);
  }

  close() {
    clearTimeout(this.waiting);
  }
}
