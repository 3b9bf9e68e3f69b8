import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { meQuery, setupStateQuery } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { parseCameraSearch } from "../pages/devices/camera-search.ts";
import { parseExportSearch } from "../pages/export/export-search.ts";
import { parseFirstRunSearch } from "../pages/first-run/first-run-search.ts";
import { parseLiveSearch } from "../pages/live/live-search.ts";
import { parsePlaybackSearch } from "../pages/playback/playback-search.ts";
import { parseSignInSearch } from "../pages/sign-in/sign-in-search.ts";
import { MissingPage } from "./missing-page.tsx";
import { PageError } from "./page-error.tsx";
import { PagePending } from "./page-pending.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Outlet, errorComponent: PageError, notFoundComponent: MissingPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: parseSignInSearch,
  beforeLoad: async () => {
    const { required } = await queryClient.fetchQuery(setupStateQuery);
    if (required) throw redirect({ to: "/first-run" });
  },
  component: lazyRouteComponent(() => import("../pages/sign-in/sign-in-page.tsx"), "SignInPage"),
});

const firstRun = createRoute({
  getParentRoute: () => root,
  path: "/first-run",
  validateSearch: parseFirstRunSearch,
  beforeLoad: async ({ search }) => {
    const { required } = await queryClient.fetchQuery(setupStateQuery);
    if (required) return;
    const me = await queryClient.ensureQueryData(meQuery);
    // The administrator exists: go on with the camera if it is still us, otherwise this page has nothing to do.
    if (me === null || search.step === undefined) throw redirect({ to: "/playback" });
  },
  component: lazyRouteComponent(() => import("../pages/first-run/first-run-page.tsx"), "FirstRunPage"),
});

/** Everything for people who are signed in, inside the shell. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ location }) => {
    const me = await queryClient.ensureQueryData(meQuery);
    if (me === null) throw redirect({ to: "/sign-in", search: { to: location.href } });
  },
  component: Shell,
});

const start = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/playback" });
  },
});

const live = createRoute({
  getParentRoute: () => shell,
  path: "/live",
  validateSearch: parseLiveSearch,
  component: lazyRouteComponent(() => import("../pages/live/live-page.tsx"), "LivePage"),
});

const playback = createRoute({
  getParentRoute: () => shell,
  path: "/playback",
  validateSearch: parsePlaybackSearch,
  component: lazyRouteComponent(() => import("../pages/playback/playback-page.tsx"), "PlaybackPage"),
});

const exporting = createRoute({
  getParentRoute: () => shell,
  path: "/export",
  validateSearch: parseExportSearch,
  component: lazyRouteComponent(() => import("../pages/export/export-page.tsx"), "ExportPage"),
});

const devices = createRoute({
  getParentRoute: () => shell,
  path: "/setup/devices",
  component: lazyRouteComponent(() => import("../pages/devices/devices-page.tsx"), "DevicesPage"),
});

const addCamera = createRoute({
  getParentRoute: () => shell,
  path: "/setup/devices/add",
  component: lazyRouteComponent(() => import("../pages/devices/add-camera-page.tsx"), "AddCameraPage"),
});

const editCamera = createRoute({
  getParentRoute: () => shell,
  path: "/setup/devices/$cameraId",
  validateSearch: parseCameraSearch,
  component: lazyRouteComponent(() => import("../pages/devices/edit-camera-page.tsx"), "EditCameraPage"),
});

const recordingDefaults = createRoute({
  getParentRoute: () => shell,
  path: "/setup/recording",
  component: lazyRouteComponent(
    () => import("../pages/recording-defaults/recording-defaults-page.tsx"),
    "RecordingDefaultsPage",
  ),
});

const storage = createRoute({
  getParentRoute: () => shell,
  path: "/setup/storage",
  component: lazyRouteComponent(() => import("../pages/storage/storage-page.tsx"), "StoragePage"),
});

const schedules = createRoute({
  getParentRoute: () => shell,
  path: "/setup/schedules",
  component: lazyRouteComponent(() => import("../pages/schedules/schedules-page.tsx"), "SchedulesPage"),
});

const addSchedule = createRoute({
  getParentRoute: () => shell,
  path: "/setup/schedules/add",
  component: lazyRouteComponent(() => import("../pages/schedules/add-schedule-page.tsx"), "AddSchedulePage"),
});

const editSchedule = createRoute({
  getParentRoute: () => shell,
  path: "/setup/schedules/$scheduleId",
  component: lazyRouteComponent(() => import("../pages/schedules/edit-schedule-page.tsx"), "EditSchedulePage"),
});

const setupPages = [
  devices,
  addCamera,
  editCamera,
  recordingDefaults,
  storage,
  schedules,
  addSchedule,
  editSchedule,
] as const;

export const router = createRouter({
  routeTree: root.addChildren([signIn, firstRun, shell.addChildren([start, live, playback, exporting, ...setupPages])]),
  defaultErrorComponent: PageError,
  defaultPendingComponent: PagePending,
  defaultPendingMs: 300,
  defaultPendingMinMs: 300,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
