import { ActionIcon, type ActionIconProps, Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

type AsAnchor<Props> = Props & Omit<ComponentPropsWithRef<"a">, keyof Props>;

function ButtonAnchor(props: AsAnchor<ButtonProps>) {
  return <Button component="a" {...props} />;
}

function ActionAnchor(props: AsAnchor<ActionIconProps>) {
  return <ActionIcon component="a" {...props} />;
}

function TextAnchor(props: AsAnchor<AnchorProps>) {
  return <Anchor {...props} />;
}

/** Mantine's look on the router's links, with the router's types for where they lead. */
export const ButtonLink = createLink(ButtonAnchor);
export const ActionLink = createLink(ActionAnchor);
export const AnchorLink = createLink(TextAnchor);
