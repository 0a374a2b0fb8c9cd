package dev.bulkhead.operator.part;

/**
 * What anyone needs to seal a value for the tenant; public.
 *
 * @param version version of the sealing key pair, 1 and up
 * @param publicKey in the form the sealing command reads
 */
public record SealingKey(int version, String publicKey) {}
