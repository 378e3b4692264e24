/** A request id that a caller may choose: short, and harmless in a header or a log. */
const CHOSEN_ID = /^[A-Za-z0-9._:-]{8,128}$/;

/** API Gateway's ids are UUIDs (REST APIs) or base64 (HTTP APIs). */
const GATEWAY_ID = /^[A-Za-z0-9._:+/=-]{1,128}$/;

export const isChosenRequestId = (id: string): boolean => CHOSEN_ID.test(id);

/** Anyone who may invoke the function can write the event, so its id is used only if it has this form. */
export const isGatewayRequestId = (id: string): boolean => GATEWAY_ID.test(id);
