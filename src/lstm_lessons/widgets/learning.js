// A network that learns in the page: a training in small parts, and their run between which the page
// stays free for the hand.

import { blank, descend, forward, judge, newAdam, study } from "./network.js";
import { Stories } from "./stories.js";

const BATCH = 32;
const NEW = 256; // so many stories it is judged by, and never learns from
const MAX_NORM = 1;
const EVERY = 20; // steps from one judgement to the next, at first
const POINTS = 200; // how many judgements are kept: then every second, and it is judged half as often

// Trains `net` in place with Adam, whose learning rate is `lr`, until step `until`. `history` has the
// judgements: { steps, loss, right, kept }, the last one the mean f of every unit, (H); it ends with one of
// the network as it stands, once the training is at rest. `trouble` is a sentence if a step could not be
// done: then the weights are those before it.
export class Training {
  constructor(net, { grammar, seed }, lr) {
    Object.assign(this, { net, lr, steps: 0, until: 0, history: [], trouble: "", every: EVERY });
    this.adam = newAdam(net);
    this.grads = blank(net);
    this.stories = new Stories(grammar, seed);
    this.unseen = new Map();
    while (this.unseen.size < NEW) {
      const story = this.stories.tell();
      this.unseen.set(story.words.join(), story);
    }
    this.parts = this.course();
  }

  get atRest() {
    return this.steps >= this.until && this.history.at(-1)?.steps === this.steps;
  }

  // Goes on for about so many milliseconds: a part is a story, and never cut.
  advance(milliseconds) {
    const end = performance.now() + milliseconds;
    while (!this.atRest && performance.now() < end) this.parts.next();
  }

  *course() {
    yield* this.judgement();
    for (;;) {
      for (let k = 0; k < BATCH; k++) {
        const { words, answer } = this.another();
        study(this.net, this.grads, words, answer, 1 / BATCH);
        yield;
      }
      this.descent();
      if (this.steps % this.every === 0 || this.steps >= this.until) yield* this.judgement();
    }
  }

  another() {
    for (;;) {
      const story = this.stories.tell();
      if (!this.unseen.has(story.words.join())) return story;
    }
  }

  descent() {
    try {
      descend(this.net, this.adam, this.grads, this.lr, MAX_NORM);
      this.steps = this.adam.steps;
      this.trouble = "";
    } catch (error) {
      this.trouble = error.message;
      this.until = this.steps;
    }
  }

  *judgement() {
    const { H } = this.net;
    const kept = new Float64Array(H);
    let [loss, right] = [0, 0];
    for (const { words, answer } of this.unseen.values()) {
      const run = forward(this.net, words);
      const judged = judge(run, answer);
      loss += judged.loss / NEW;
      right += judged.right / NEW;
      for (let t = 0; t < run.T; t++)
        for (let j = 0; j < H; j++) kept[j] += run.gates[(4 * t + 1) * H + j] / run.T / NEW;
      yield;
    }
    this.history.push({ steps: this.steps, loss, right, kept });
    if (this.history.length > POINTS) {
      this.history = this.history.filter((_, k) => k % 2 === 0); // POINTS is even: the last one stays
      this.every *= 2;
    }
    yield;
  }
}

const SLICE = 8; // milliseconds, and then the hand and the screen have their turn
const HIDDEN = 250; // milliseconds without a frame: the page is out of sight
const CALM = 500; // milliseconds between pictures where less motion is wanted

// Runs `advance(milliseconds)` in slices until it returns false, and calls `draw()` at most once a frame,
// and so seldom that drawing takes half of the time at most. Out of sight it waits.
export class Slices {
  constructor(advance, draw) {
    Object.assign(this, { advance, draw, running: false, posted: false, cost: 0, drawn: 0 });
    this.channel = new MessageChannel();
    this.channel.port1.onmessage = () => this.slice();
  }

  go() {
    this.drawn = 0; // the next frame has a picture in any case
    if (this.running) return;
    this.running = true;
    this.next = requestAnimationFrame(() => this.frame());
  }

  stop() {
    this.running = false;
    cancelAnimationFrame(this.next);
  }

  close() {
    this.stop();
    this.channel.port1.close();
  }

  frame() {
    this.seen = performance.now();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (this.seen - this.drawn >= (still ? CALM : 2 * this.cost)) {
      this.drawn = this.drawing = this.seen;
      this.draw();
    }
    this.post();
    this.next = requestAnimationFrame(() => this.frame());
  }

  post() {
    if (!this.posted) this.channel.port2.postMessage(0);
    this.posted = true;
  }

  slice() {
    this.posted = false;
    if (!this.running) return;
    if (this.drawing) this.cost = performance.now() - this.drawing; // the painting included
    this.drawing = 0;
    if (!this.advance(SLICE)) {
      this.stop();
      this.draw();
    } else if (performance.now() - this.seen < HIDDEN) this.post();
  }
}
