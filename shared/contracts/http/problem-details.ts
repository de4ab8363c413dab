import { type Static, Type } from 'typebox';

/** RFC 9457, as `application/problem+json`. `errors` names every field that is wrong. */
export const ProblemDetails = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  field: Type.Optional(Type.String({ description: 'The first field that is wrong' })),
  errors: Type.Optional(
    Type.Array(Type.Object({ field: Type.String(), pointer: Type.String(), detail: Type.String() })),
  ),
});
export type ProblemDetails = Static<typeof ProblemDetails>;
