// Text search over a few hundred records: every term must be found somewhere.

const HAN = /\p{Script=Han}/u;

/** Latin terms match the beginning of words ("tea" is not in "steam"), Chinese ones anywhere. */
function contains(haystack, term) {
  if (HAN.test(term)) return haystack.includes(term);
  return haystack.includes(" " + term) || haystack.includes(" " + singular(term));
}

const singular = (term) => (term.length > 3 && term.endsWith("s") ? term.slice(0, -1) : term);

const normalise = (text) => text.normalize("NFKC").toLowerCase();

/** Separators become spaces, so that every word begins after one. */
const searchable = (texts) => " " + normalise(texts.join(" ")).replace(/[\s\-–,./&]+/g, " ");

export const termsOf = (text) =>
  normalise(text).split(/[\s\-–,./&]+/).filter(Boolean);

export function createSearchIndex(records) {
  const entries = records.map(({ key, title, synonyms, context }) => ({
    key,
    title: searchable(title),
    synonyms: searchable([synonyms]),
    context: searchable(context),
  }));

  function score(entry, terms) {
    let sum = 0;
    for (const term of terms) {
      if (contains(entry.title, term)) sum += 4;
      else if (contains(entry.synonyms, term)) sum += 3;
      else if (contains(entry.context, term)) sum += 1;
      else return 0;
    }
    return sum;
  }

  /** @returns {Map<any, number>} the matching keys with their scores */
  return function find(text) {
    const terms = termsOf(text);
    const found = new Map();
    for (const entry of entries) {
      const points = terms.length ? score(entry, terms) : 0;
      if (points || !text.trim()) found.set(entry.key, points);
    }
    return found;
  };
}
