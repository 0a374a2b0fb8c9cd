package dev.bulkhead.operator.kube;

import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the informers would know, in the hands of a test. */
public final class KnownObjects implements OwnedObjects {
    private final Map<String, HasMetadata> objects = new TreeMap<>();

    @Override
    public <T extends HasMetadata> @Nullable T find(Class<T> kind, @Nullable String namespace, String name) {
        return kind.cast(objects.get(kind.getSimpleName() + "/" + namespace + "/" + name));
    }

    @Override
    public <T extends HasMetadata> List<T> of(Class<T> kind, TenantIdentity identity) {
        return objects.values().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(o -> Marks.ours(o, identity))
                .toList();
    }

    @Override
    public List<Namespace> namespacesOf(String tenant) {
        return List.of();
    }

    @Override
    public void written(HasMetadata now, @Nullable HasMetadata before) {
        objects.put(key(now), now);
    }

    @Override
    public void gone(HasMetadata object) {
        objects.remove(key(object));
    }

    private static String key(HasMetadata object) {
        return object.getKind() + "/" + object.getMetadata().getNamespace() + "/"
                + object.getMetadata().getName();
    }
}
