/** The name of the database in its folder. Its presence tells that the folder has been used. */
export const DATABASE_FILE = 'jobs.sqlite';
