/** What dpkg runs when the package comes and goes, by the scripts' names. */
export function maintainerScripts(): Readonly<Record<'postinst' | 'prerm' | 'postrm', string>>;
