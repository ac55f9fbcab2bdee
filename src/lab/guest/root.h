/*
 * The guest's root. The host's files are shared as `/`, and the host refuses
 * writes to them but for some folders. So that a write elsewhere succeeds and
 * is gone with the guest, an overlay with its upper layer in memory becomes the
 * root: over the host's root, or over another distribution's tree in it.
 *
 *   overlay  upper: tmpfs          writes, gone with the guest
 *            lower: the tree       the host's files, read
 *   bind     folder by folder      straight to the host: written through, or
 *                                  read where the tree lacks it
 *
 * The host says which in the file `layout` beside this program, a word, a space
 * and a path a line:
 *
 *   tree DIR       becomes the root; without this line the share itself is it
 *   bind DIR       the host's folder, at the same path
 *   init PROGRAM   becomes PID 1 when all is mounted; the agent goes on beside it
 */
#include <stddef.h>
#include <sys/syscall.h>

#define MAX_BINDS 64

struct bind {
	char *path;
	int fd; /* O_PATH of the folder in the share, which a mount may hide meanwhile */
};

struct layout {
	char *tree;
	char *init;
	int count;
	struct bind binds[MAX_BINDS];
};

static void power_off(const char *why);
static void set_up(void);

static void add_bind(struct layout *layout, char *path)
{
	struct bind *bind = &layout->binds[layout->count];
	if (layout->count == MAX_BINDS) {
		errno = E2BIG;
		power_off("layout");
	}
	bind->path = path;
	bind->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (bind->fd < 0)
		power_off(path);
	layout->count++;
}

static void take_line(struct layout *layout, const char *word, char *path)
{
	if (!strcmp(word, "tree"))
		layout->tree = path;
	else if (!strcmp(word, "init"))
		layout->init = path;
	else if (!strcmp(word, "bind"))
		add_bind(layout, path);
}

static struct layout read_layout(const char *program)
{
	struct layout layout = {0};
	const char *slash = strrchr(program, '/');
	char path[4096], *line = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%.*s/layout", (int)(slash ? slash - program : 0), program);
	file = fopen(path, "re");
	if (!file)
		power_off(path);
	while (getline(&line, &size, file) > 0) {
		char *space = strchr(line, ' ');
		line[strcspn(line, "\n")] = 0;
		if (!space)
			continue;
		*space = 0;
		take_line(&layout, line, strdup(space + 1));
	}
	free(line);
	fclose(file);
	return layout;
}

/*
 * Where the lab is not root's, the files of root are nobody's here: a set-user-ID
 * mount or su would take root's powers away instead of giving them.
 */
static int is_roots(const char *tree)
{
	struct stat status;
	return stat(tree, &status) == 0 && status.st_uid == 0;
}

/* The tree's path goes in as the current folder: a comma or colon in it would end an option. */
static void mount_overlay(const struct layout *layout)
{
	const char *options = "lowerdir=.,upperdir=/run/upper,workdir=/run/work";
	unsigned long flags = is_roots(layout->tree) ? 0 : MS_NOSUID;
	if (mount("scratch", "/run", "tmpfs", 0, "mode=0755") != 0)
		power_off("mount the scratch layer");
	mkdir("/run/upper", 0755);
	mkdir("/run/work", 0755);
	mkdir("/run/root", 0755);
	if (chdir(layout->tree) != 0)
		power_off(layout->tree);
	if (mount("overlay", "/run/root", "overlay", flags, options) == 0)
		return;
	power_off(
		"mount an overlay (CONFIG_OVERLAY_FS, built in or as a module beside the kernel)");
}

static void make_folders(const char *path)
{
	char parent[4096];
	for (const char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		snprintf(parent, sizeof(parent), "%.*s", (int)(at - path), path);
		mkdir(parent, 0755);
	}
	mkdir(path, 0755);
}

static void bind_folder(int fd, const char *where)
{
	char from[32];
	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	make_folders(where);
	if (mount(from, where, NULL, MS_BIND, NULL) != 0)
		power_off(where);
	close(fd);
}

/* The share leaves the tree of mounts last: what has left it cannot be bound any more. */
static void enter_overlay(struct layout *layout)
{
	if (chdir("/run/root") != 0 || syscall(SYS_pivot_root, ".", ".") != 0)
		power_off("pivot_root");
	set_up();
	/* systemd would mount its own /tmp over folders in it, were it not a mount already. */
	if (layout->init)
		mount("/tmp", "/tmp", NULL, MS_BIND, NULL);
	for (int i = 0; i < layout->count; i++)
		bind_folder(layout->binds[i].fd, layout->binds[i].path);
	if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
		power_off("leave the share");
}

/* Mounts all that the guest sees. */
static struct layout make_root(const char *program)
{
	struct layout layout = read_layout(program);
	if (layout.tree) {
		mount_overlay(&layout);
		enter_overlay(&layout);
	} else {
		set_up();
	}
	return layout;
}
