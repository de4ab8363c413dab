import { useId } from 'react';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly title: string;
  /** What it means, for someone who has never heard of it. */
  readonly hint?: string;
}

interface ChoicesProps<Value extends string> {
  readonly legend: string;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** Beside each other, where there is room. */
  readonly isInline?: boolean;
}

/** One of a few, each explained: radio buttons, so that all can be read before choosing. */
export function Choices<Value extends string>(props: ChoicesProps<Value>) {
  const { legend, choices, value, onChange, isInline } = props;
  const name = useId();
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div className={isInline ? 'choices is-inline' : 'choices'}>
        {choices.map((choice) => (
          <label className="choice" key={choice.value}>
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            <span>
              {choice.title}
              {choice.hint && <span className="field-hint">{choice.hint}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
