// New stories with a gap, by the grammar of Python's `tasks.story`.

// Numbers in [0, 1), the same for the same seed (mulberry32).
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// `tell()` gives a story: its words, as places in the vocabulary, and the place of the city that belongs
// into the gap at its end. A sentence that does not matter, somebody flies to a city, `count` more
// sentences that do not matter, and the gap.
export class Stories {
  constructor(grammar, seed) {
    this.grammar = grammar;
    this.random = randomNumbers(seed);
    this.places = new Map(grammar.words.map((word, place) => [word, place]));
  }

  one(list) {
    return list[Math.floor(list.length * this.random())];
  }

  tell() {
    const { fillers, begin, end, names, cities, count } = this.grammar;
    const [who, answer] = [this.one(names), this.one(cities)];
    const middle = Array.from({ length: count }, () => this.one(fillers));
    const text = [this.one(fillers), begin, ...middle, end].join(" ");
    const filled = text.replaceAll("{who}", who).replaceAll("{answer}", answer);
    const words = Int32Array.from(filled.split(" "), (word) => this.places.get(word));
    return { words, answer: cities.indexOf(answer) };
  }
}
