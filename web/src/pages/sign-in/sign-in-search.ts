export interface SignInSearch {
  /** Where to go afterwards: an address of this page. */
  readonly to?: string;
}

/** Only paths of our own: a link must not lead a signed-in person to somewhere else. */
export function parseSignInSearch(search: Record<string, unknown>): SignInSearch {
  const { to } = search;
  const isOwn = typeof to === "string" && /^\/(?![/\\])/.test(to);
  return isOwn ? { to } : {};
}
