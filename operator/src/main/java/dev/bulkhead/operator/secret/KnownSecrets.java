package dev.bulkhead.operator.secret;

import dev.bulkhead.api.v1beta1.TenantSecret;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;

/**
 * What the informer keeps of TenantSecrets: all but the sealed values. People of one namespace may make a hundred of
 * 256 KB each, and whoever opens one reads that one alone.
 */
public final class KnownSecrets extends TransformingItemStore<TenantSecret> {
    /** As many as are read at once when the watch begins: with values as large as they may be, 13 MB. */
    public static final long PAGE = 50;

    /** Keeps none yet. */
    public KnownSecrets() {
        super(KnownSecrets::withoutValues);
    }

    private static TenantSecret withoutValues(TenantSecret sealed) {
        TenantSecret known = new TenantSecret();
        known.setMetadata(sealed.getMetadata());
        known.setStatus(sealed.getStatus());
        return known;
    }
}
