/** What the kiosk's options choose from. */

/** When a client that has ended is started again. */
export const restartPolicies = ['never', 'on-failure', 'always'] as const;
export type RestartPolicy = (typeof restartPolicies)[number];

/** What the screen is while nobody uses the kiosk. */
export const idleLooks = ['black', 'off'] as const;
export type IdleLook = (typeof idleLooks)[number];
