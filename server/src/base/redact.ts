const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*(?:@[^\s/@'"]*)*@/gi;
const SECRET_PARAMETER = /([?&](?:password|passwd|pwd|pass|token|media_token|key|secret|auth)=)[^&\s'"]*/gi;

/** The text with `user:password@` of URLs and the values of secret-looking query parameters masked. */
export function redact(text: string): string {
  return text.replace(URL_CREDENTIALS, "$1***@").replace(SECRET_PARAMETER, "$1***");
}
