package dev.bulkhead.operator.secret;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** The same bytes in every run: SHA-256 of a seed and a counter. For golden values only. */
public final class FixedRandom extends SecureRandom {
    private final transient byte[] seed;
    private int counter;

    /** Two of one seed give the same. */
    public FixedRandom(String seed) {
        this.seed = seed.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void nextBytes(byte[] bytes) {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) {
            byte[] block = sha256();
            out.put(block, 0, Math.min(block.length, out.remaining()));
        }
    }

    private byte[] sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(seed);
            return digest.digest(
                    ByteBuffer.allocate(Integer.BYTES).putInt(counter++).array());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
