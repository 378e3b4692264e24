/** What a caller may choose as a request id: short and harmless in a header or a log. */
const CHOSEN_ID = /^[A-Za-z0-9._:-]{8,128}$/;

/** Ids of API Gateway are UUIDs (REST APIs) or base64 (HTTP APIs). */
const GATEWAY_ID = /^[A-Za-z0-9._:+/=-]{1,128}$/;

export const isChosenRequestId = (id: string): boolean => CHOSEN_ID.test(id);

/** Whoever may invoke the function writes the event, so an id that looks like none of API Gateway's is not used. */
export const isGatewayRequestId = (id: string): boolean => GATEWAY_ID.test(id);
