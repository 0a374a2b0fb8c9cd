package dev.bulkhead.operator.kube;

import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the cluster is known to hold of our own objects, without asking it. Secrets are never among them. */
public interface OwnedObjects {
    /** The object as last seen or last written, whichever is newer; null when there is none with our label. */
    <T extends HasMetadata> @Nullable T find(Class<T> kind, @Nullable String namespace, String name);

    /** Every object of that kind which carries the identity. */
    <T extends HasMetadata> List<T> of(Class<T> kind, TenantIdentity identity);

    /** Every namespace of a tenant of that name, whatever its identity. */
    List<io.fabric8.kubernetes.api.model.Namespace> namespacesOf(String tenant);

    /** Remembers what a write returned, so that the next look does not see an older object. */
    void written(HasMetadata now, @Nullable HasMetadata before);

    /** Forgets an object that was found to be gone. */
    void gone(HasMetadata object);
}
