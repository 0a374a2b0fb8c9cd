package dev.bulkhead.e2e.operator.secrets;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Everything the operator logs, down to DEBUG, as text: messages, key-values and stack traces. */
public final class CapturedLog extends AppenderBase<ILoggingEvent> {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final Logger logger;
    private final Level level;

    private CapturedLog(Logger logger) {
        this.logger = logger;
        this.level = logger.getEffectiveLevel();
    }

    /** Begins to listen; {@link #stop()} ends it. */
    public static CapturedLog begin() {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.bulkhead.operator");
        CapturedLog log = new CapturedLog(logger);
        log.setContext(logger.getLoggerContext());
        log.attach();
        return log;
    }

    private void attach() {
        start();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(this);
    }

    @Override
    public void stop() {
        logger.detachAppender(this);
        logger.setLevel(level);
        super.stop();
    }

    /** What has been logged since. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getFormattedMessage()
                + " "
                + event.getKeyValuePairs()
                + " "
                + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy())));
    }
}
