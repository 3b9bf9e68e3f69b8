import { NumberInput, type NumberInputProps } from "@mantine/core";
import { useState } from "react";

interface DecimalInputProps extends Omit<NumberInputProps, "value" | "onChange"> {
  /** "": nothing is typed in. */
  readonly value: number | "";
  readonly onChange: (value: number | "") => void;
}

/** A number that may be typed with decimals: what is not a whole number yet on the way to it, such as `0.0`, stays as it was typed. */
export function DecimalInput({ value, onChange, ...props }: DecimalInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <NumberInput
      {...props}
      value={typed ?? value}
      onChange={(next) => {
        setTyped(typeof next === "string" && next !== "" ? next : null);
        onChange(next === "" || Number.isNaN(Number(next)) ? "" : Number(next));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
