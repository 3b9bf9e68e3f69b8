/** The mark: a night sky with a recording dot. Always beside the name, so it says nothing itself. */
export function Logo({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#232a4a" />
      <path d="M21.6 19.6A8 8 0 0 1 12.4 8.9a8.2 8.2 0 1 0 9.2 10.7Z" fill="#aab4f8" />
      <circle cx="21.5" cy="10.5" r="2.6" fill="#ef4444" />
    </svg>
  );
}
