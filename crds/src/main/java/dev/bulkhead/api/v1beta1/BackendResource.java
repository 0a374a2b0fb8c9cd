package dev.bulkhead.api.v1beta1;

import io.fabric8.kubernetes.api.model.HasMetadata;
import org.jspecify.annotations.Nullable;

/** A server or store on which tenants have a part of their compartment, whatever its kind. */
public interface BackendResource extends HasMetadata {
    /** Where it is. */
    BackendSpec getSpec();

    /** What was found there; null before the first look. */
    @Nullable
    BackendStatus getStatus();
}
