package dev.bulkhead.api.v1beta1;

import java.util.List;

/** What a Tenant asks for on a server or store, whatever its kind. */
public interface BackendRequest {
    /** Namespaces of the tenant that its credential is delivered into, by their short names. */
    List<String> deliverTo();
}
