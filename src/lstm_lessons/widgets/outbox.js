// What goes to Python. The picture never waits for the kernel, which is told at most every so often,
// and of the last state always.

export const SENDING = 60; // milliseconds from one message to the next

export class Outbox {
  // `state()` is what there is to tell.
  constructor(model, state) {
    Object.assign(this, { model, state, waiting: 0 });
  }

  save() {
    this.waiting ||= setTimeout(() => this.send(), SENDING);
  }

  // All is set just before it is sent, or the echo of an older message would undo it.
  send() {
    this.waiting ||= true; // until it is sent, what is heard is our own
    this.model.set(this.state());
    this.model.save_changes();
    this.waiting = 0;
  }
}
