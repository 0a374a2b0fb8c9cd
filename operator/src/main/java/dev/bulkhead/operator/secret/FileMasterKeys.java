package dev.bulkhead.operator.secret;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Master keys from a mounted directory, as {@link MasterKeyDirectory} reads it. Safe for several threads. Keys that are
 * no longer needed are zeroed, under a lock, so that no thread derives anything from a half-zeroed key.
 */
public final class FileMasterKeys implements MasterKeys, AutoCloseable {
    private final Path directory;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private MasterKeyDirectory.MountedKeys contents;
    private boolean closed;

    private FileMasterKeys(Path directory, MasterKeyDirectory.MountedKeys contents) {
        this.directory = directory;
        this.contents = contents;
    }

    /** What came of looking at the directory again. */
    public sealed interface Reload {
        /** The directory holds what is loaded already. */
        record Unchanged() implements Reload {}

        /** Other keys are loaded now; what was removed is zeroed and opens nothing any more. */
        record Changed(String currentId, SortedSet<String> added, SortedSet<String> removed) implements Reload {}

        /** The directory is not usable as it is; the keys loaded before stay in use. */
        record Refused(String message) implements Reload {}
    }

    /**
     * Loads the keys.
     *
     * @throws MasterKeysUnusableException naming file, reason and remedy
     */
    public static FileMasterKeys load(Path directory) throws MasterKeysUnusableException {
        return new FileMasterKeys(directory, MasterKeyDirectory.read(directory));
    }

    /**
     * Reads the directory again and takes over what changed. An id whose content changed is refused: what was wrapped
     * with the former content could not be opened any more. A new key gets a new id.
     */
    public Reload reload() {
        MasterKeyDirectory.MountedKeys found;
        try {
            found = MasterKeyDirectory.read(directory);
        } catch (MasterKeysUnusableException e) {
            return new Reload.Refused(String.valueOf(e.getMessage()));
        }
        lock.writeLock().lock();
        try {
            requireOpen();
            Reload outcome = compare(contents, found);
            switch (outcome) {
                case Reload.Changed _ -> {
                    contents.zero();
                    contents = found;
                }
                case Reload.Unchanged _, Reload.Refused _ -> found.zero();
            }
            return outcome;
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public String currentId() {
        lock.readLock().lock();
        try {
            requireOpen();
            return contents.currentId();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public SortedSet<String> ids() {
        lock.readLock().lock();
        try {
            requireOpen();
            return Collections.unmodifiableSortedSet(
                    new TreeSet<>(contents.keys().keySet()));
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public byte[] wrap(TenantKey key, String identity, SecureRandom random) {
        lock.readLock().lock();
        try {
            requireOpen();
            String id = contents.currentId();
            byte[] masterKey = contents.keys().get(id);
            if (masterKey == null) {
                throw new IllegalStateException("master key " + id + " is current but not loaded");
            }
            return WrappedTenantKey.wrap(key, id, masterKey, identity, random);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public Optional<String> masterKeyId(byte[] wrapped) {
        return switch (WrappedTenantKey.parse(wrapped)) {
            case WrappedTenantKey.Parsing.Parsed(WrappedTenantKey parsed) -> Optional.of(parsed.masterKeyId());
            case WrappedTenantKey.Parsing.Unparsable _ -> Optional.empty();
        };
    }

    @Override
    public Unwrapping unwrap(byte[] wrapped, String identity) {
        return switch (WrappedTenantKey.parse(wrapped)) {
            case WrappedTenantKey.Parsing.Unparsable(Refusal reason) -> new Unwrapping.Refused(reason);
            case WrappedTenantKey.Parsing.Parsed(WrappedTenantKey parsed) -> unwrap(parsed, identity);
        };
    }

    private Unwrapping unwrap(WrappedTenantKey wrapped, String identity) {
        lock.readLock().lock();
        try {
            requireOpen();
            byte[] masterKey = contents.keys().get(wrapped.masterKeyId());
            return masterKey == null
                    ? new Unwrapping.MasterKeyMissing(wrapped.masterKeyId())
                    : wrapped.unwrap(masterKey, identity);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Zeroes all keys; every later call is an error. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            contents.zero();
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public String toString() {
        return "FileMasterKeys[" + directory + "]";
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the master keys were closed");
        }
    }

    private Reload compare(MasterKeyDirectory.MountedKeys before, MasterKeyDirectory.MountedKeys now) {
        SortedSet<String> added = new TreeSet<>(now.keys().keySet());
        added.removeAll(before.keys().keySet());
        SortedSet<String> removed = new TreeSet<>(before.keys().keySet());
        removed.removeAll(now.keys().keySet());
        for (String id : before.keys().keySet()) {
            if (!removed.contains(id) && !sameKey(before, now, id)) {
                return new Reload.Refused("Master key " + directory.resolve(id) + " has another content than before."
                        + " Put its former content back and add the new key under a new number.");
            }
        }
        boolean same =
                added.isEmpty() && removed.isEmpty() && before.currentId().equals(now.currentId());
        return same ? new Reload.Unchanged() : new Reload.Changed(now.currentId(), added, removed);
    }

    private static boolean sameKey(
            MasterKeyDirectory.MountedKeys before, MasterKeyDirectory.MountedKeys now, String id) {
        return MessageDigest.isEqual(before.keys().get(id), now.keys().get(id));
    }
}
