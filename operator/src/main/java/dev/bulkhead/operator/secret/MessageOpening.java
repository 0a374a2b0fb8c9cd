package dev.bulkhead.operator.secret;

import java.util.Arrays;

/** What came of opening a TSE1 or TSH1 message. */
public sealed interface MessageOpening {

    /**
     * The message is authentic.
     *
     * @param plaintext the content; owned by the caller, who closes this record (or zeroes the array) when done
     * @param keyVersion version of the tenant key (TSE1) or sealing key (TSH1) that opened it
     * @param epochMillis when it was sealed, in milliseconds since 1970, as the sealer claims it; whether that is too
     *     old is for the caller to judge
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over and zeroed, never compared or used as a key
    record Opened(byte[] plaintext, int keyVersion, long epochMillis) implements MessageOpening, AutoCloseable {
        @Override
        public void close() {
            Arrays.fill(plaintext, (byte) 0);
        }

        @Override
        public String toString() {
            return "Opened[keyVersion=" + keyVersion + ", epochMillis=" + epochMillis + "]";
        }
    }

    /** The message was not opened, and nothing of it was released. */
    record Refused(Refusal reason) implements MessageOpening {}
}
