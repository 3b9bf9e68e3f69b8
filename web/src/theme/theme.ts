import { Alert, type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import { IDLE_COLOURS, type Scheme, STATE_COLOURS } from "./state-colours.ts";

const SYSTEM_FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Helvetica, Arial, sans-serif';

/** The one accent: a night blue that no state uses. */
const dusk: MantineColorsTuple = [
  "#eff1ff",
  "#dde1fd",
  "#bcc4f8",
  "#99a5f3",
  "#7b89ee",
  "#6574e6",
  "#5565dc",
  "#4654c4",
  "#3b48ab",
  "#2f3a90",
];

/** Greys from text to the ground of the page; footage is the brightest thing on it. */
const dark: MantineColorsTuple = [
  "#d9dde5",
  "#b3bac6",
  "#939baa",
  "#606977",
  "#363d49",
  "#272d37",
  "#1b2028",
  "#12161c",
  "#0d1015",
  "#080a0e",
];

export const theme = createTheme({
  fontFamily: SYSTEM_FONT,
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
  headings: { fontFamily: SYSTEM_FONT, fontWeight: "600" },
  colors: { dusk, dark },
  primaryColor: "dusk",
  primaryShade: { dark: 6, light: 7 },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // An error is read, not shouted: a tinted ground and a line instead of a red block.
    Alert: Alert.extend({
      vars: (_, { color = "gray" }) => ({
        root: {
          "--alert-bg": `color-mix(in srgb, var(--mantine-color-${color}-6) 11%, transparent)`,
          "--alert-bd": `1px solid color-mix(in srgb, var(--mantine-color-${color}-6) 45%, transparent)`,
          "--alert-color": "var(--mantine-color-error)",
        },
      }),
      styles: { message: { color: "var(--mantine-color-text)" } },
    }),
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Modal: { defaultProps: { centered: true } },
  },
});

/** The colours that are ours, as CSS variables of each scheme: surfaces and states. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  dark: {
    ...stateVariables("dark"),
    "--nj-surface": "#171b22",
    "--nj-rail": "#0f1318",
    "--nj-line": "#262c36",
    "--nj-stage": "#050608",
    "--nj-record": "#f05252",
    "--nj-ok": "#4ade80",
    "--nj-warn": "#fbbf24",
    "--nj-notice": "#2b2413",
    "--nj-notice-text": "#fbe6b4",
    "--mantine-color-body": "#12161c",
    "--mantine-color-dimmed": "#97a0ae",
    "--mantine-color-placeholder": "#7c8593",
    "--mantine-color-error": "#ff8080",
  },
  light: {
    ...stateVariables("light"),
    "--nj-surface": "#ffffff",
    "--nj-rail": "#eef0f4",
    "--nj-line": "#dadee5",
    "--nj-stage": "#0b0d11",
    "--nj-record": "#c81e1e",
    "--nj-ok": "#15803d",
    "--nj-warn": "#9a5b00",
    "--nj-notice": "#fdf3d9",
    "--nj-notice-text": "#4a3000",
    "--mantine-color-body": "#f6f7f9",
    "--mantine-color-dimmed": "#5a6472",
    "--mantine-color-placeholder": "#6b7482",
    "--mantine-color-error": "#b42318",
  },
});

function stateVariables(scheme: Scheme): Record<string, string> {
  const colours = { ...STATE_COLOURS[scheme], idle: IDLE_COLOURS[scheme] };
  return Object.fromEntries(Object.entries(colours).map(([state, colour]) => [`--nj-${state}`, colour]));
}
