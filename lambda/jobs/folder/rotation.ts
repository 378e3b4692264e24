/** Work of several owners. They take turns, however much work each of them has, and so do the items of one owner. */
export interface Rotation<Owner, Item> {
  /** Puts an item behind the others of its owner. */
  add(owner: Owner, item: Item): void;
  /**
   * Takes the next item.
   *
   * @param mayHaveMore whether an owner may have more than it has at the moment, as long as others want some.
   */
  take(mayHaveMore: (owner: Owner) => boolean): Item | undefined;
  isEmpty(): boolean;
}

export function createRotation<Owner, Item>(): Rotation<Owner, Item> {
  /** In the order of their turns. None of the lists is empty. */
  const byOwner = new Map<Owner, Item[]>();
  return {
    add(owner, item) {
      const items = byOwner.get(owner);
      if (items) items.push(item);
      else byOwner.set(owner, [item]);
    },
    take(mayHaveMore) {
      const owners = [...byOwner.keys()];
      const owner = owners.find(mayHaveMore) ?? owners[0];
      const items = owner === undefined ? undefined : byOwner.get(owner);
      if (owner === undefined || !items) return undefined;
      const item = items.shift();
      byOwner.delete(owner);
      if (items.length > 0) byOwner.set(owner, items);
      return item;
    },
    isEmpty: () => byOwner.size === 0,
  };
}
