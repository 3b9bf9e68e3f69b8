const NAMED_AT_MOST = 5;

/** `Door (3), Yard (7) and 4 more`. */
export function nameSome(cameras: readonly { readonly id: number; readonly name: string }[]): string {
  const named = cameras.slice(0, NAMED_AT_MOST).map(({ id, name }) => `${name} (${id})`);
  const more = cameras.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
