package io.dvcr.virt.plan;

/**
 * Why the last attempt came to nothing.
 *
 * @param reason one word in CamelCase
 * @param message for a human
 * @param lasting whether it is likely to be so again until someone changes something
 */
public record Failure(String reason, String message, boolean lasting) {}
