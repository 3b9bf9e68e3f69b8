/** The tabs of a camera's page, in their order. */
export const CAMERA_TABS = ["general", "streams", "recording", "audio"] as const;
export type CameraTab = (typeof CAMERA_TABS)[number];

/** What a link to a camera's page holds; no tab means the first. */
export interface CameraSearch {
  readonly tab?: CameraTab;
}

/** Takes a known tab from an address and leaves out the rest. */
export function parseCameraSearch(search: Record<string, unknown>): CameraSearch {
  const tab = CAMERA_TABS.find((one) => one === search.tab);
  return tab === undefined ? {} : { tab };
}
