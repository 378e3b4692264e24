/** The cosine similarity of two photos, from -1 to 1. The embeddings have length 1, so it is their dot product. */
function similarityOf(first, second) {
  let sum = 0;
  for (let index = 0; index < first.embedding.length; index += 1) {
    sum += first.embedding[index] * second.embedding[index];
  }
  return sum;
}

/** @returns the photos with their similarity to `photo`, most similar first. */
export function bySimilarity(photo, photos) {
  return photos
    .map((other) => ({ file: other.file, similarity: similarityOf(photo, other) }))
    .sort((first, second) => second.similarity - first.similarity);
}

/**
 * Every photo of a group has a similarity of at least `near` to another one in it.
 *
 * @returns the groups, each photo with its similarity to the most similar one in its group.
 */
export function nearDuplicates(photos, near) {
  let groups = [];
  for (const photo of photos) {
    const joined = groups.filter((group) => group.some((other) => similarityOf(photo, other) >= near));
    groups = [...groups.filter((group) => !joined.includes(group)), [...joined.flat(), photo]];
  }
  return groups.filter(({ length }) => length > 1).map(withSimilarities);
}

function withSimilarities(group) {
  return group.map((photo) => {
    const others = group.filter((other) => other !== photo);
    return { file: photo.file, similarity: bySimilarity(photo, others)[0].similarity };
  });
}
