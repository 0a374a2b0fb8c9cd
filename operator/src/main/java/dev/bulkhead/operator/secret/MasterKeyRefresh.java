package dev.bulkhead.operator.secret;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the mounted master keys again, so that adding one or taking one away needs no restart. Run it now and then. */
public final class MasterKeyRefresh implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(MasterKeyRefresh.class);

    private final FileMasterKeys keys;
    private final Runnable changed;
    private String refusal = "";

    /**
     * Keeps these keys as their directory is.
     *
     * @param changed told after other keys were taken over
     */
    public MasterKeyRefresh(FileMasterKeys keys, Runnable changed) {
        this.keys = keys;
        this.changed = changed;
    }

    /** Once; says what changed, and of a directory that cannot be used why, but only the first time. */
    @Override
    public void run() {
        String before = refusal;
        refusal = "";
        switch (keys.reload()) {
            case FileMasterKeys.Reload.Unchanged _ -> {}
            case FileMasterKeys.Reload.Changed now -> {
                LOG.atInfo()
                        .addKeyValue("current", now.currentId())
                        .addKeyValue("added", now.added())
                        .addKeyValue("removed", now.removed())
                        .log("master keys changed");
                changed.run();
            }
            case FileMasterKeys.Reload.Refused refused -> {
                refusal = refused.message();
                if (!refusal.equals(before)) {
                    LOG.atWarn().log("master keys stay as they were: " + refusal);
                }
            }
        }
    }
}
