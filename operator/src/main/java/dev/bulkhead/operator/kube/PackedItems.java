package dev.bulkhead.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What an informer knows, each object as compressed JSON and made anew for whoever asks: as Java objects those of a
 * thousand tenants would take most of the memory there is, and nearly all of them are looked at only when their tenant
 * changes.
 *
 * @param <V> kind of object
 */
public final class PackedItems<V extends HasMetadata> implements ItemStore<V> {
    private final Class<V> kind;
    private final KubernetesSerialization serialization;
    private final Map<String, byte[]> items = new ConcurrentHashMap<>();

    /** Nothing is known yet. */
    public PackedItems(Class<V> kind, KubernetesSerialization serialization) {
        this.kind = kind;
        this.serialization = serialization;
    }

    @Override
    public String getKey(V object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public @Nullable V put(String key, V object) {
        return unpacked(items.put(key, packed(object)));
    }

    @Override
    public @Nullable V remove(String key) {
        return unpacked(items.remove(key));
    }

    @Override
    public Stream<String> keySet() {
        return items.keySet().stream();
    }

    @Override
    public Stream<V> values() {
        return items.values().stream().map(this::unpacked);
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public @Nullable V get(String key) {
        return unpacked(items.get(key));
    }

    private byte[] packed(V object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(serialization.asJson(object).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private @Nullable V unpacked(byte @Nullable [] item) {
        if (item == null) {
            return null;
        }
        Inflater inflater = new Inflater(true);
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(item), inflater)) {
            return serialization.unmarshal(in, kind);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            inflater.end();
        }
    }
}
